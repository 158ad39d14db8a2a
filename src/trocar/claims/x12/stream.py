"""An X12 file as pieces of whole loops, each with what still holds from before, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from trocar.claims.x12.delimiters import (
    ISA_LENGTH,
    Delimiters,
    delimiters_of,
    interchange_within,
    next_interchange,
)
from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import guides, loop_of
from trocar.claims.x12.segments import Segments
from trocar.claims.x12.source import PIECE, DamagedError, X12Source
from trocar.claims.x12.walk import walk

_MOST_HELD = 1 << 25
Rows = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Piece:
    """Segments with their places in the guides; the first ``segments.known`` stood in a piece before.

    ``findings`` are what the reader met before these segments; ``last`` says that the file ends here.
    """

    file: str
    segments: Segments
    node: npt.NDArray[np.int16]
    findings: tuple[Finding, ...]
    last: bool

    @cached_property
    def _by_node(self) -> tuple[Rows, Rows]:
        order = np.argsort(self.node, kind="stable")
        return order, np.searchsorted(self.node[order], np.arange(len(guides().nodes) + 1))

    def rows(self, *nodes: int) -> Rows:
        """The segments at some nodes, in order."""
        order, bounds = self._by_node
        found = [order[bounds[node] : bounds[node + 1]] for node in nodes]
        return found[0] if len(found) == 1 else np.sort(np.concatenate(found))

    def new_rows(self, *nodes: int) -> Rows:
        """The same without those that stood in a piece before."""
        rows = self.rows(*nodes)
        return rows[np.searchsorted(rows, self.segments.known) :]


def owners(begins: Rows, rows: Rows) -> Rows:
    """For each row the index of the last beginning at or before it; -1 where there is none."""
    return np.searchsorted(begins, rows, "right") - 1


def numbered(owner: Rows) -> Rows:
    """The number of each row, from 1, among those of its owner; rows of one owner follow each other."""
    first = np.flatnonzero(np.diff(owner, prepend=-2))
    counts = np.diff(first, append=len(owner))
    return np.arange(1, len(owner) + 1) - np.repeat(first, counts)


def is_closed(piece: Piece, guide: str) -> bool:
    """Whether the last transaction of a guide ends in the piece, or the file does."""
    begins, ends = (piece.rows(loop_of(guide, name).nodes[0].index) for name in ("ST", "SE"))
    return piece.last or (len(ends) > 0 and len(begins) > 0 and ends[-1] > begins[-1])


class _Buffer:
    """The bytes not yet cut into segments, where they stand in the file, and what holds from before."""

    def __init__(self, source: X12Source) -> None:
        self.name = source.name
        self._pieces = source.pieces()
        self.text = b""
        self.byte = 0
        self.ended = False
        self.findings: list[Finding] = []

    def more(self) -> None:
        try:
            piece = next(self._pieces, b"")
        except DamagedError as error:
            piece = b""
            self.findings.append(self.says("XS105", 0, 0, reason=str(error)))
        self.ended = not piece
        self.text += piece

    def drop(self, length: int) -> None:
        self.text = self.text[length:]
        self.byte += length

    def says(self, rule: str, ordinal: int, ahead: int, **filled: Any) -> Finding:
        return finding(rule, self.name, None, ordinal, byte=self.byte + ahead, **filled)


def pieces(source: X12Source) -> Iterator[Piece]:
    """The pieces of a file, in order; a file without any interchange is one piece without segments."""
    buffer = _Buffer(source)
    ordinal = 1
    nothing_yet = True
    while True:
        delimiters = _to_interchange(buffer, ordinal)
        if delimiters is None:
            break
        for piece in _interchanges(buffer, delimiters, ordinal):
            ordinal += len(piece.segments) - piece.segments.known
            nothing_yet = False
            yield piece
    if nothing_yet or buffer.findings:
        empty = Segments.split(b"", Delimiters(b"*", b":", b"^", b"~"), buffer.byte, ordinal)
        yield Piece(buffer.name, empty, np.zeros(0, np.int16), tuple(buffer.findings), True)


def _to_interchange(buffer: _Buffer, ordinal: int) -> Delimiters | None:
    """Drop what stands before the next interchange, saying so; its delimiters, or None at the end of the file."""
    dropped, first = 0, buffer.byte
    delimiters = None
    while delimiters is None:
        while len(buffer.text) < 4 * ISA_LENGTH and not buffer.ended:
            buffer.more()
        blank = len(buffer.text) - len(buffer.text.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\0\x1a"))
        if blank and not dropped:
            buffer.drop(blank)
            first = buffer.byte
            continue
        at = next_interchange(buffer.text, 0)
        if at < 0 and not buffer.ended:
            keep = min(len(buffer.text), 4 * ISA_LENGTH)
            dropped += len(buffer.text) - keep
            buffer.drop(len(buffer.text) - keep)
            buffer.more()
            continue
        length = len(buffer.text) if at < 0 else at
        dropped += length
        buffer.drop(length)
        if at < 0:
            break
        delimiters = delimiters_of(buffer.text[: 4 * ISA_LENGTH])
    if dropped:
        buffer.findings.append(finding("XS101", buffer.name, None, ordinal, byte=first, length=dropped))
    if delimiters is None:
        return None
    end = buffer.text.find(delimiters.terminator, 4 + 1)
    if delimiters.collide:
        marks = " ".join(
            mark.decode("latin-1")
            for mark in (delimiters.element, delimiters.component, delimiters.repetition, delimiters.terminator)
        )
        buffer.findings.append(buffer.says("XS103", ordinal, 0, element="ISA", marks=marks))
    if end + 1 != ISA_LENGTH:
        buffer.findings.append(buffer.says("XS102", ordinal, 0, element="ISA", length=end + 1))
    return delimiters


@dataclass(frozen=True, slots=True)
class _Held:
    """The segments that still hold in the next piece: their text, bytes and numbers."""

    text: bytes
    starts: list[int]
    ordinals: list[int]

    @classmethod
    def of(cls, segments: Segments, rows: Rows) -> _Held:
        end = segments.delimiters.terminator
        each = (segments.text[int(segments.begin[at]) : int(segments.end[at])] + end for at in rows.tolist())
        return cls(b"".join(each), segments.start[rows].tolist(), segments.ordinal[rows].tolist())


def _interchanges(buffer: _Buffer, delimiters: Delimiters, ordinal: int) -> Iterator[Piece]:
    """The pieces up to an interchange with other delimiters or the end of the file."""
    held: _Held | None = None
    while True:
        while len(buffer.text) < PIECE and not buffer.ended:  # a small file is one piece
            buffer.more()
        stop = interchange_within(buffer.text, 1 if held is None else 0, delimiters)
        ends = stop >= 0 or buffer.ended
        text = buffer.text[:stop] if stop >= 0 else buffer.text
        if ends:
            rest = text[text.rfind(delimiters.terminator) + 1 :]
            closed = not rest.strip(b" \t\r\n\0\x1a")
            text = text[: len(text) - len(rest)] if closed else text + delimiters.terminator
            if not closed:
                buffer.findings.append(buffer.says("XS104", ordinal, len(text) - 1))
        else:
            text = text[: text.rfind(delimiters.terminator) + 1]
        before = held or _Held(b"", [], [])
        length = len(text)
        text = before.text + text
        segments = Segments.split(text, delimiters, 0, 1).placed(before.starts, before.ordinals, buffer.byte, ordinal)
        node = walk(segments.kinds)
        size = len(segments)
        if not ends:
            size = _last_cut(node, segments.known)
            if not size and len(buffer.text) < _MOST_HELD:
                buffer.more()
                continue
            if not size:
                size = len(segments)
                buffer.findings.append(buffer.says("XS106", ordinal, 0, length=len(buffer.text)))
            if size == segments.known:  # a monster of a segment; a byte of it tells that it is not at its end
                length, size = len(buffer.text) - 1, len(segments)
        used = length if size == len(segments) else int(segments.begin[size]) - len(before.text)
        whole, node = segments.upto(size), node[:size]
        if stop >= 0:
            used = stop
        buffer.drop(used)
        findings, buffer.findings = tuple(buffer.findings), []
        last = ends and stop < 0
        ordinal += len(whole) - whole.known
        held = _Held.of(whole, _what_holds(node))
        piece = Piece(buffer.name, whole, node, findings, last)
        del text, segments, whole, node  # or they would stand beside those of the next piece
        yield piece
        del piece
        if ends:
            if last:
                buffer.drop(len(buffer.text))
            return
        buffer.more()


def _last_cut(node: npt.NDArray[np.int16], known: int) -> int:
    """The last segment, not the first that is new, at which a loop begins that the file may be cut before; else 0."""
    found = np.flatnonzero(guides().cuts.take(node[known + 1 :]))
    return int(found[-1]) + known + 1 if len(found) else 0


def _what_holds(node: npt.NDArray[np.int16]) -> Rows:
    """The segments of the envelopes and levels that what follows stands in."""
    law = guides()
    level, outermost = law.context.take(node), law.outermost.take(node)
    kept = []
    after = 0
    for depth in range(1, int(law.context.max()) + 1):
        loops = np.flatnonzero(outermost & (level == depth))
        if not len(loops) or loops[-1] < after:
            break
        after = int(loops[-1])
        kept.append(after + np.flatnonzero(level[after:] == depth))
    return np.concatenate(kept) if kept else np.zeros(0, np.int64)
