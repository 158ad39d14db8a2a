"""SNIP type 1, elements: presence, length and type of every element, by the shapes of ``segments.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import guides
from trocar.claims.x12.shapes import MOST_ELEMENTS, MOST_LENGTH, SUSPICIOUS, TYPED, shapes
from trocar.claims.x12.stream import Piece
from trocar.claims.x12.values import after_point, content_of, first_day, is_number

_WHOLE, _NUMBER, _DATE, _TIME = 2, 3, 4, 5
_EXPECTED = {
    _WHOLE: ("a whole number", "digits only"),
    _NUMBER: ("a number", "digits with a point, and a minus sign where it is negative"),
    _DATE: ("a date", "the date as CCYYMMDD (YYMMDD in an ISA)"),
    _TIME: ("a time", "the time as HHMM or HHMMSS"),
}
# How many marks of a number (low half) and how many other characters (high half) a text has, from one running sum.
_OTHER = 1 << 16
_AT_ONCE = 1 << 14
_WEIGHT = np.full(256, _OTHER, np.uint32)
_WEIGHT[[ord(digit) for digit in "0123456789"]] = 0
_WEIGHT[[ord("."), ord("-")]] = 1


def element_findings(piece: Piece) -> Iterator[Finding]:
    """What is wrong with single elements of the new segments."""
    segments = piece.segments
    for start in range(segments.known, len(segments), _AT_ONCE):
        yield from _of_some(piece, start, min(start + _AT_ONCE, len(segments)))
    if segments.known < len(segments):
        yield from _components(piece)
        yield from _dates_by_format(piece)


def _of_some(piece: Piece, start: int, stop: int) -> Iterator[Finding]:
    """The same for some of the segments; there are six times as many elements, and a dozen numbers for each."""
    segments, law = piece.segments, shapes()
    rows = segments.name_numbers[start:stop].astype(np.int32)
    first, count = segments.first[start:stop], segments.count[start:stop]
    begin, end = int(first[0]), int(first[-1] + count[-1])
    # The shape of an element follows from where its segment begins.
    shape = np.repeat(rows * np.int32(MOST_ELEMENTS) - first, count) + np.arange(begin, end, dtype=np.int32)
    if count.max() > MOST_ELEMENTS:
        position = np.arange(begin, end, dtype=np.int32) - np.repeat(first, count)
        shape = np.where(position < MOST_ELEMENTS, shape, 0)
    lengths = np.diff(segments.offsets[begin : end + 1])
    look = law.look.take(shape * np.int32(MOST_LENGTH + 1) + np.minimum(lengths, MOST_LENGTH))
    typed = np.flatnonzero(look >= TYPED)
    kind = law.kind.take(shape.take(typed))
    closer = np.flatnonzero(look & SUSPICIOUS)
    wrong = _of_wrong_type(segments.elements.take(pa.array(typed + begin)), kind == _NUMBER)
    for at in np.union1d(closer, typed[wrong]).tolist() if len(wrong) else closer.tolist():
        owner = start + int(np.searchsorted(first, at + begin, "right")) - 1
        place = at + begin - int(segments.first[owner])
        yield from _of_element(piece, owner, place, int(law.kind[shape[at]]), int(shape[at]))
    yield from _of_segments(piece, start, rows, count, lengths.take(first + count - np.int32(1 + begin)))
    eight = typed[(kind == _DATE) & (lengths.take(typed) == 8)] + begin
    bad = _no_days(segments.elements.take(pa.array(eight)), "D8")
    owner = start + np.searchsorted(first, eight[bad], "right") - 1
    yield from _wrong_days(piece, owner, eight[bad] - segments.first[owner])


def _of_wrong_type(texts: pa.Array, is_decimal: Any) -> Any:
    """Which texts, none empty, hold characters that their type may not have; those of numbers get a closer look."""
    offsets, content = content_of(texts)
    if after_point(offsets, content, np.flatnonzero(is_decimal & (np.diff(offsets) > 1))) is not None:
        return np.zeros(0, np.int64)
    running = np.zeros(len(content) + 1, np.uint32)
    np.cumsum(_WEIGHT.take(content), out=running[1:])
    marks = np.diff(running.take(offsets))
    return np.flatnonzero((marks > is_decimal) | (is_decimal & (marks == 1) & (np.diff(offsets) == 1)))


def _of_element(piece: Piece, at: int, position: int, kind: int, shape: int) -> Iterator[Finding]:
    law = shapes()
    text = piece.segments.value(at, position)
    if not text:
        yield _says(piece, "XS115", at, position)
        return
    number = text.removeprefix("-")
    if kind == _NUMBER:
        fits = is_number(text)
    else:
        fits = kind not in (_WHOLE, _DATE, _TIME) or (number if kind == _WHOLE else text).isdecimal()
    if not fits:
        yield _says(piece, "XS117", at, position, kind=kind, value=text)
    length = sum(character.isdigit() for character in text) if kind in (_WHOLE, _NUMBER) else len(text)
    least, most = int(law.least[shape]), int(law.most[shape])
    if not least <= length <= most:
        yield _says(piece, "XS116", at, position, value=text, length=length, least=least, most=most)


def _components(piece: Piece) -> Iterator[Finding]:
    """Composites have the components that every guide asks of them."""
    segments = piece.segments
    mark = segments.delimiters.component.decode("latin-1")
    for name, elements in guides().components.items():
        found = segments.named(name)
        found = found[found >= segments.known]
        for places, wanted in elements.items() if len(found) else ():
            first, _, last = places.partition("-")
            for position in range(int(first), int(last or first) + 1):
                rows = found[segments.count[found] > position]
                if not len(rows):
                    break
                encoded = segments.element(rows, position).dictionary_encode()
                lacking = [_lacks(text, mark, wanted) for text in encoded.dictionary.to_pylist()]
                for at in (
                    np.flatnonzero(np.array(lacking)[encoded.indices.to_numpy()]).tolist() if any(lacking) else ()
                ):
                    component = lacking[encoded.indices[at].as_py()]
                    yield _says(piece, "XS115", int(rows[at]), position, component=component)


def _lacks(text: str, mark: str, wanted: list[int]) -> int:
    """The first component that is not there though others are; 0 when there is none."""
    parts = text.split(mark)
    return next((one for one in wanted if text and (len(parts) < one or not parts[one - 1])), 0)


def _of_segments(piece: Piece, start: int, rows: Any, count: Any, of_last: Any) -> Iterator[Finding]:
    """What segments are too short or too long; ``of_last`` is the length of the last element of each."""
    segments, law = piece.segments, shapes()
    for at in np.flatnonzero(count <= law.last_required.take(rows)).tolist():
        for position in law.required[int(rows[at])]:
            if position >= count[at]:
                yield _says(piece, "XS115", at + start, position)
    for at in np.flatnonzero(count - 1 > law.widths.take(rows)).tolist():
        name = segments.value(at + start, 0)[:3]
        widths: dict[str, Any] = {"length": int(count[at]) - 1, "most": int(law.widths[rows[at]]), "segment": name}
        yield _says(piece, "XS118", at + start, 0, **widths)
    for at in np.flatnonzero(of_last == 0).tolist():
        if count[at] > 1:
            name = segments.value(at + start, 0)[:3]
            yield _says(piece, "XS119", at + start, 0, segment=name)
        else:
            yield finding("XS122", piece.file, segments, at + start)


def _dates_by_format(piece: Piece) -> Iterator[Finding]:
    """DTP03 and DMG02 must be what their format qualifier says."""
    segments = piece.segments
    for name, qualifier, place in (("DTP", 2, 3), ("DMG", 1, 2)):
        rows = segments.named(name)
        rows = rows[rows >= segments.known]
        formats = segments.element(rows, qualifier).dictionary_encode()
        for code, form in enumerate(formats.dictionary.to_pylist()):
            if form in ("D8", "RD8"):
                own = rows[formats.indices.to_numpy() == code]
                own = own[segments.count[own] > place]
                texts = segments.element(own, place)
                bad = own[_no_days(texts, form)]
                yield from _wrong_days(piece, bad, np.full(len(bad), place))


def _no_days(texts: pa.Array, form: str) -> Any:
    """Which texts are no day as their format says; empty ones are another matter."""
    encoded = texts.dictionary_encode()
    bad = np.array([bool(text) and not _fits(text, form) for text in encoded.dictionary.to_pylist()], bool)
    return np.flatnonzero(bad[encoded.indices.to_numpy()]) if bad.any() else np.zeros(0, np.int64)


def _wrong_days(piece: Piece, rows: Any, positions: Any) -> Iterator[Finding]:
    for at, position in zip(rows.tolist(), positions.tolist(), strict=True):
        yield _says(piece, "XS117", at, position, kind=_DATE, value=piece.segments.value(at, position))


def _fits(text: str, form: str) -> bool:
    if form == "D8":
        return len(text) == 8 and first_day(text) is not None
    return len(text) == 17 and all(first_day(day) is not None for day in text.split("-", 1))


def _says(
    piece: Piece,
    rule: str,
    at: int,
    position: int,
    *,
    component: int = 0,
    kind: int = 0,
    value: str = "",
    **filled: Any,
) -> Finding:
    segments = piece.segments
    name = segments.value(at, 0).strip()[:3]
    node = guides().nodes[int(piece.node[at])]
    loop = guides().loops[node.loop].id if node else ""
    expected, example = _EXPECTED.get(kind, ("", ""))
    element = f"{name}{position:02d}" if position else name
    element = f"{element}-{component}" if component else element
    words: dict[str, Any] = {"expected": expected, "example": example, **filled}
    return finding(rule, piece.file, segments, at, element=element, loop=loop, value=value, **words)
