"""SNIP type 1, structure: nesting, counts and control numbers of the envelopes, HL and LX numbers, unread segments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.columns import above, from_above
from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import UNREAD, Loop, Node, guides, node_of
from trocar.claims.x12.stream import Piece, Rows, numbered, owners
from trocar.claims.x12.values import is_value, whole_numbers

_PARENT_LEVEL = {"20": "", "21": "20", "19": "21", "PT": "19", "22": "20", "23": "22"}
_GROUPS = {"837": "HC", "835": "HP", "277": "HN", "999": "FA"}
_LEVELS = ("ISA", "GS", "ST")
_CLOSING = {"IEA": ("ISA", 13), "GE": ("GS", 6), "SE": ("ST", 2)}


class Envelopes:
    """Follows the envelopes of one file through its pieces; ``control`` numbers are those that are open."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: dict[str, tuple[int, str]] = {}
        self._groups = self._transactions = 0
        self._numbers: set[str] = set()
        self._groups_met: set[str] = set()
        self._interchanges_met: set[str] = set()
        self._code = ""
        self._last_level = 0

    def findings(self, piece: Piece) -> Iterator[Finding]:
        """What is wrong with the structure of the new segments."""
        law, segments = guides(), piece.segments
        if segments.replaced and segments.known < len(segments):
            yield finding("XS121", self._file, segments, segments.known)
        for at in piece.new_rows(*_beginnings(*_CLOSING, *_LEVELS)).tolist():
            node = law.nodes[int(piece.node[at])]
            assert node is not None
            yield from self._envelope(piece, at, node)
        if piece.last:
            yield from self._left_open(piece)
        yield from self._levels(piece)
        yield from _line_numbers(piece)
        yield from _unread(piece)

    def _envelope(self, piece: Piece, at: int, node: Node) -> Iterator[Finding]:
        name = node.segment
        if name in _CLOSING:
            yield from self._close(piece, at, name)
            return
        number = self._text(piece, at, {"ISA": 13, "GS": 6, "ST": 2}[name])
        if name in self._open:
            yield self._says(piece, "XS108", at, segment=name, closing={v[0]: k for k, v in _CLOSING.items()}[name])
        level = _LEVELS.index(name)
        for inner in _LEVELS[level + 1 :]:
            if inner in self._open:
                del self._open[inner]
                yield self._says(piece, "XS108", at, segment=inner, closing="SE" if inner == "ST" else "GE")
        if level and _LEVELS[level - 1] not in self._open:
            yield self._says(piece, "XS107", at, segment=name, parent=_LEVELS[level - 1])
        self._open[name] = (int(piece.segments.ordinal[at]), number)
        if name == "ISA":
            self._groups, self._groups_met = 0, set()
            yield from self._met(piece, at, self._interchanges_met, "ISA13", number)
        elif name == "GS":
            self._groups += 1
            yield from self._met(piece, at, self._groups_met, "GS06", number)
            self._transactions, self._numbers = 0, set()
            self._code = self._text(piece, at, 1)
        else:
            yield from self._transaction(piece, at, number, guides().loops[node.loop])

    def _met(self, piece: Piece, at: int, before: set[str], element: str, number: str) -> Iterator[Finding]:
        if number in before:
            yield self._says(piece, "XS125", at, element=element, value=number)
        before.add(number)

    def _transaction(self, piece: Piece, at: int, number: str, loop: Loop) -> Iterator[Finding]:
        self._transactions += 1
        if number in self._numbers:
            yield self._says(piece, "XS111", at, element="ST02", value=number)
        self._numbers.add(number)
        code = self._text(piece, at, 1)
        if loop.guide == UNREAD:
            version = self._text(piece, at, 3)
            yield self._says(piece, "XS123", at, element="ST01", value=" ".join(filter(None, (code, version))))
        elif self._code and _GROUPS[code] != self._code:
            yield self._says(piece, "XS124", at, element="GS01", value=code, group=self._code)

    def _close(self, piece: Piece, at: int, name: str) -> Iterator[Finding]:
        opening, position = _CLOSING[name]
        found = self._open.pop(opening, None)
        for inner in _LEVELS[_LEVELS.index(opening) + 1 :]:
            if inner in self._open:
                del self._open[inner]
                yield self._says(piece, "XS108", at, segment=inner, closing="SE" if inner == "ST" else "GE")
        if found is None:
            yield self._says(piece, "XS107", at, segment=name, parent=opening)
            return
        ordinal = int(piece.segments.ordinal[at])
        counted = {"SE": ordinal - found[0] + 1, "GE": self._transactions, "IEA": self._groups}[name]
        stated, number = self._text(piece, at, 1), self._text(piece, at, 2)
        if not (stated.isdecimal() and int(stated) == counted):
            yield self._says(piece, "XS109", at, element=f"{name}01", stated=stated, counted=counted)
        if number != found[1]:
            filled = {"opening": f"{opening}{position:02d}", "expected": found[1]}
            yield self._says(piece, "XS110", at, element=f"{name}02", value=number, **filled)

    def _left_open(self, piece: Piece) -> Iterator[Finding]:
        closing = {opening: name for name, (opening, _) in _CLOSING.items()}
        for name in reversed(_LEVELS):
            if name in self._open and len(piece.segments):
                last = len(piece.segments) - 1
                yield self._says(piece, "XS108", last, segment=name, closing=closing[name])

    def _levels(self, piece: Piece) -> Iterator[Finding]:
        """HL01 counts from 1 in each transaction; HL02 names the level above that is open."""
        segments = piece.segments
        rows = segments.named("HL")
        if not len(rows):
            return
        transactions = piece.rows(*_beginnings("ST"))
        own, parent = segments.element(rows, 1), segments.element(rows, 2)
        numbers = whole_numbers(own)
        first_new = int(np.searchsorted(rows, segments.known))
        before = np.concatenate([[0], numbers[:-1]])
        if 0 < first_new < len(rows):
            before[first_new] = self._last_level
        of_transaction = owners(transactions, rows)
        before[np.concatenate([[first_new == 0], np.diff(of_transaction) > 0])] = 0
        for at in (first_new + np.flatnonzero((numbers != before + 1)[first_new:])).tolist():
            words = {"value": own[at].as_py(), "expected": int(before[at]) + 1}
            yield self._says(piece, "XS112", int(rows[at]), element="HL01", **words)
        self._last_level = int(numbers[-1])
        levels = segments.element(rows, 3)
        for code, above_code in _PARENT_LEVEL.items():
            mine = np.flatnonzero(is_value(levels, code).to_numpy(zero_copy_only=False)[first_new:]) + first_new
            if not len(mine):
                continue
            begins = (
                np.flatnonzero(is_value(levels, above_code).to_numpy(zero_copy_only=False)) if above_code else mine[:0]
            )
            owner = above(rows[begins], rows[mine], transactions)
            expected = pc.fill_null(from_above(own.take(pa.array(begins)), owner), pa.scalar("", pa.string()))
            wrong = pc.not_equal(expected, parent.take(pa.array(mine))).to_numpy(zero_copy_only=False)
            for at in np.flatnonzero(wrong).tolist():
                words = {"expected": expected[at].as_py() or "not there", "parent_level": above_code or "(no)"}
                value = parent[int(mine[at])].as_py()
                yield self._says(piece, "XS113", int(rows[mine[at]]), element="HL02", value=value, **words)

    def _text(self, piece: Piece, at: int, position: int) -> str:
        return piece.segments.value(at, position)

    def _says(self, piece: Piece, rule: str, at: int, **filled: Any) -> Finding:
        return finding(rule, self._file, piece.segments, at, **filled)


@cache
def _beginnings(*segments: str) -> tuple[int, ...]:
    """The nodes of these segments that begin a loop."""
    return tuple(node.index for node in guides().nodes if node and node.begins and node.segment in segments)


def _line_numbers(piece: Piece) -> Iterator[Finding]:
    for guide in ("837P", "837I"):
        rows = piece.new_rows(node_of(guide, "2400", "LX").index)
        if not len(rows):
            continue
        claim = owners(piece.rows(node_of(guide, "2300", "CLM").index), rows)
        expected = numbered(claim)
        texts = piece.segments.element(rows, 1)
        for at in np.flatnonzero(whole_numbers(texts) != expected).tolist():
            value = texts[at].as_py()
            yield finding(
                "XS120", piece.file, piece.segments, int(rows[at]), element="LX01", loop="2400", value=value,
                expected=int(expected[at]),
            )  # fmt: skip


def _unread(piece: Piece) -> Iterator[Finding]:
    """Segments that have no place: unknown ids are type 1, misplaced ones type 2."""
    law, segments = guides(), piece.segments
    rows: Rows = piece.new_rows(0)
    if not len(rows):
        return
    placed = np.flatnonzero(piece.node)
    before = owners(placed, rows)
    kinds = segments.kinds
    for at, last in zip(rows.tolist(), before.tolist(), strict=True):
        node = law.nodes[int(piece.node[placed[last]])] if last >= 0 else None
        loop = law.loops[node.loop] if node else None
        if loop and loop.guide == UNREAD and loop.id == "ST":
            continue
        text = segments.segment(at).split(segments.delimiters.element.decode("latin-1"), 4)
        position = law.qualifier_at.get(text[0], 0)
        # An id that no guide has may be data cut by a stray delimiter: it is not repeated in full.
        known = kinds[at] and 0 < position < len(text) and len(text[position]) < 4
        name = f"{text[0]}*{text[position]}" if known else text[0][:3]
        if text == [""]:  # an empty segment is told as such
            continue
        rule = "XS201" if kinds[at] else "XS114"
        yield finding(rule, piece.file, segments, at, loop=loop.id if loop else "", segment=name, element=text[0][:3])
