"""The segments of some text as columns: where each begins, its elements, and what kind of segment it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trocar.claims.x12.delimiters import Delimiters
from trocar.claims.x12.guide import Guides, guides

Integers = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
_ELEMENT, _TERMINATOR, _LINE_END = 1, 2, 3
# An id has two or three characters, letters or digits; each is a digit of its code, and no character is 0.
_MOST_OF_ID, _CODES = 3, 37
_CHARACTERS = np.zeros(256, np.int32)
_CHARACTERS[[ord(character) for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]] = np.arange(1, _CODES)
_BLOCK = 1 << 17  # bytes looked through at once, so that what is needed in between stays small
_ASCII_ONLY = bytes(range(128)) + b"?" * 128


@dataclass(frozen=True)
class Segments:
    """Segments that follow each other in one interchange or several with the same delimiters.

    ``start`` and ``ordinal`` are the byte in the file, from 0, and the number of the segment in it, from 1. The
    first ``known`` segments were read before and stand here only because they hold for those that follow;
    ``replaced`` says that bytes which are no text became question marks.
    """

    text: bytes
    delimiters: Delimiters
    elements: pa.Array
    offsets: Integers
    first: Integers
    count: Integers
    begin: Integers
    end: Integers
    start: Longs
    ordinal: Longs
    known: int = 0
    replaced: bool = False

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def split(cls, text: bytes, delimiters: Delimiters, byte: int, ordinal: int) -> Segments:
        """The segments of a text that ends with a terminator and begins at such a byte, with such a number."""
        replaced = not text.isascii() and not _is_utf8(text)
        if replaced:  # a question mark for each byte beyond ASCII, so that no byte moves
            text = text.translate(_ASCII_ONLY)
        at, marks = _marks(text, delimiters)
        compact = text.translate(None, delimiters.element + delimiters.terminator + b"\r\n")
        end = at[marks == _TERMINATOR]
        at -= np.arange(len(at), dtype=np.int32)  # now where each mark would stand if there were none
        in_segment = marks != _LINE_END
        if not in_segment.all():
            at, marks = at[in_segment], marks[in_segment]
        offsets = np.empty(len(at) + 2, np.int32)
        offsets[0], offsets[1:-1], offsets[-1] = 0, at, at[-1] if len(at) else len(compact)
        del at
        elements = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(compact))
        last = np.flatnonzero(marks == _TERMINATOR).astype(np.int32)
        first = np.zeros(len(last), np.int32)
        first[1:] = last[:-1] + 1
        begin = np.zeros(len(end), np.int32)
        begin[1:] = end[:-1] + 1
        begin = _past_line_ends(begin, text)
        numbers = np.arange(ordinal, ordinal + len(first), dtype=np.int64)
        return cls(
            text, delimiters, elements, offsets, first, last - first + 1, begin, end, begin.astype(np.int64) + byte,
            numbers, replaced=replaced,
        )  # fmt: skip

    def placed(self, start: Sequence[int], ordinal: Sequence[int], byte: int, number: int) -> Segments:
        """The same, of which the first were read before and keep their places; the others follow at such a byte."""
        known = len(start)
        shift = byte - (int(self.end[known - 1]) + 1 if known else 0)
        starts = np.concatenate([np.array(start, np.int64), self.begin[known:].astype(np.int64) + shift])
        numbers = np.arange(number, number + len(self) - known, dtype=np.int64)
        ordinals = np.concatenate([np.array(ordinal, np.int64), numbers])
        return replace(self, start=starts, ordinal=ordinals, known=known)

    def upto(self, stop: int) -> Segments:
        """The first segments only."""
        parts = ("first", "count", "begin", "end", "start", "ordinal")
        some = replace(self, **{name: getattr(self, name)[:stop] for name in parts})
        # What is known of all is known of some: it need not be found again.
        some.__dict__.update(name_numbers=self.name_numbers[:stop], kinds=self.kinds[:stop])
        return some

    def segment(self, at: int) -> str:
        """The text of one segment without its terminator."""
        return self.text[int(self.begin[at]) : int(self.end[at])].decode("utf-8", "replace")

    def element(self, rows: npt.NDArray[np.integer[Any]], position: int) -> pa.Array:
        """One element of some segments (0 is the id) as texts; empty where the segment is shorter."""
        return self.elements.take(pa.array(self.places(rows, position)))

    def element_at(self, rows: npt.NDArray[np.integer[Any]], positions: npt.NDArray[np.integer[Any]]) -> pa.Array:
        """An element of each of some segments, its position stated for each."""
        nothing = np.int32(len(self.elements) - 1)
        held = np.where(self.count[rows] > positions, self.first[rows] + positions.astype(np.int32), nothing)
        return self.elements.take(pa.array(held))

    def places(self, rows: npt.NDArray[np.integer[Any]], position: int) -> Integers:
        """Where an element of some segments stands among all elements; the last of all is an empty one."""
        nothing = np.int32(len(self.elements) - 1)
        return np.where(self.count[rows] > position, self.first[rows] + np.int32(position), nothing)

    def texts(self, rows: npt.NDArray[np.integer[Any]], position: int) -> list[str]:
        """The same as Python texts."""
        return list(self.element(rows, position).to_pylist())

    @cached_property
    def name_numbers(self) -> npt.NDArray[np.int16]:
        """The number of each segment's id among ``Guides.names``; 0 for an id that no guide has."""
        begin = self.offsets[self.first]
        length = self.offsets[self.first + 1] - begin
        content = self.elements.buffers()[2]
        if content is None or not len(content):
            return np.zeros(len(self), np.int16)
        characters = np.frombuffer(content, np.uint8)
        last = np.int32(len(characters) - 1)
        code = np.zeros(len(self), np.int32)
        for place in range(_MOST_OF_ID):
            own = _CHARACTERS[characters[np.minimum(begin + np.int32(place), last)]]
            code = code * np.int32(_CODES) + np.where(length > place, own, 0)
        numbers = np.where(length <= _MOST_OF_ID, _numbers()[code], 0).astype(np.int16)
        strays = np.flatnonzero(numbers == 0)
        known = {name: number for number, name in enumerate(guides().names)}
        for at in strays.tolist():  # blanks before an id don't make it another
            numbers[at] = known.get(self.texts(np.array([at]), 0)[0].strip(), 0)
        return numbers

    def named(self, name: str) -> npt.NDArray[np.intp]:
        """The segments with an id."""
        return np.flatnonzero(self.name_numbers == guides().names.index(name))

    @cached_property
    def kinds(self) -> npt.NDArray[np.int16]:
        """The kind of each segment, as the guides number them."""
        law = guides()
        position = np.array([law.qualifier_at.get(name, 0) for name in law.names], np.int32)[self.name_numbers]
        rows = np.flatnonzero((position > 0) & (position < self.count))
        qualifiers = self.elements.take(pa.array(self.first[rows] + position[rows])).dictionary_encode()
        listed = [None, *qualifiers.dictionary.to_pylist()]
        pairs = self.name_numbers.astype(np.int32) * np.int32(len(listed))
        pairs[rows] += qualifiers.indices.to_numpy() + np.int32(1)
        met = np.zeros(len(law.names) * len(listed), bool)
        met[pairs] = True
        kind = np.zeros(len(met), np.int16)
        for pair in np.flatnonzero(met).tolist():
            name, qualifier = divmod(pair, len(listed))
            kind[pair] = law.kind(law.names[name], listed[qualifier] or None)
        kinds = kind[pairs]
        self._put_transactions(law, kinds)
        return kinds

    def _put_transactions(self, law: Guides, kinds: npt.NDArray[np.int16]) -> None:
        rows = self.named("ST")
        if not len(rows):
            return
        groups = self.named("GS")
        versions = self.texts(groups, 8)
        transactions, own = self.texts(rows, 1), self.texts(rows, 3)
        group_of = np.searchsorted(groups, rows) - 1
        for at, (row, group) in enumerate(zip(rows.tolist(), group_of.tolist(), strict=True)):
            version = own[at] or (versions[group] if group >= 0 else "")
            kinds[row] = law.kinds["ST", law.guide_of(transactions[at], version)]


def _marks(text: bytes, delimiters: Delimiters) -> tuple[Integers, npt.NDArray[np.uint8]]:
    """Where separators, terminators and line ends stand in a text, and which each is; a block at a time."""
    look = bytearray(256)
    look[10] = look[13] = _LINE_END
    look[delimiters.element[0]] = _ELEMENT
    look[delimiters.terminator[0]] = _TERMINATOR
    marks = np.frombuffer(text.translate(look), np.uint8)
    blocks = [np.zeros(0, np.int32)]
    for start in range(0, len(marks), _BLOCK):
        found = np.flatnonzero(marks[start : start + _BLOCK] != 0)
        blocks.append(found.astype(np.int32) + np.int32(start))
    at = np.concatenate(blocks)
    return at, marks[at]


@cache
def _numbers() -> npt.NDArray[np.int16]:
    """The number of each id by its code: its characters as digits of a number."""
    numbers = np.zeros(_CODES**_MOST_OF_ID, np.int16)
    for number, name in enumerate(guides().names):
        code = 0
        for character in name.ljust(_MOST_OF_ID):
            code = code * _CODES + int(_CHARACTERS[ord(character)])
        numbers[code] = number
    return numbers


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _past_line_ends(begin: Integers, text: bytes) -> Integers:
    """Line ends after a terminator belong to no segment."""
    bytes_ = np.frombuffer(text, np.uint8)
    begin = begin.copy()
    rows = np.arange(len(begin))
    while len(rows):
        found = bytes_[np.minimum(begin[rows], len(bytes_) - 1)]
        rows = rows[((found == 10) | (found == 13)) & (begin[rows] < len(bytes_) - 1)]
        begin[rows] += 1
    return begin
