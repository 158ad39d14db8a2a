"""The segments of some text as columns: where each begins, its elements, and what kind of segment it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trocar.claims.x12.delimiters import Delimiters
from trocar.claims.x12.guide import Guides, guides
from trocar.claims.x12.ids import codes, ids

Integers = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
_NONE = np.zeros(1, np.int32)
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
        marks = delimiters.element + delimiters.terminator
        line_ends = [end for end in (b"\n", b"\r") if end not in marks and end in text]
        one_line = text
        for line_end in line_ends:
            one_line = one_line.replace(line_end, b"")
        offsets = np.concatenate([_NONE, *_marks(one_line, marks), _NONE])
        at = offsets[1:-1]
        last = np.flatnonzero(np.frombuffer(one_line, np.uint8).take(at) == delimiters.terminator[0]).astype(np.int32)
        compact = one_line.translate(None, marks)
        end = np.concatenate([_NONE[:0], *_marks(text, delimiters.terminator)]) if line_ends else at.take(last)
        del one_line
        at -= np.arange(len(at), dtype=np.int32)  # now where each mark would stand if there were none
        offsets[-1] = at[-1] if len(at) else len(compact)
        elements = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(compact))
        first = np.zeros(len(last), np.int32)
        first[1:] = last[:-1] + 1
        begin = np.zeros(len(end), np.int32)
        begin[1:] = end[:-1] + 1
        if line_ends:
            _pass(begin, text, line_ends)
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

    def value(self, at: int, position: int) -> str:
        """One element of one segment as a text; empty where the segment is shorter."""
        if position >= self.count[at]:
            return ""
        place = int(self.first[at]) + position
        text: bytes = self._characters[self.offsets[place] : self.offsets[place + 1]].tobytes()
        return text.decode()

    @cached_property
    def name_numbers(self) -> npt.NDArray[np.int16]:
        """The number of each segment's id among ``Guides.names``; 0 for an id that no guide has."""
        numbers = ids().names.take(self._codes(self.first))
        strays = np.flatnonzero(numbers == 0)
        known = {name: number for number, name in enumerate(guides().names)}
        for at in strays.tolist():  # blanks before an id don't make it another
            numbers[at] = known.get(self.value(at, 0).strip(), 0)
        return numbers

    def named(self, name: str) -> npt.NDArray[np.intp]:
        """The segments with an id."""
        return np.flatnonzero(self.name_numbers == guides().names.index(name))

    @cached_property
    def kinds(self) -> npt.NDArray[np.int16]:
        """The kind of each segment, as the guides number them."""
        names, law = self.name_numbers, ids()
        position = law.position.take(names)
        rows = np.flatnonzero((position > 0) & (position < self.count))
        qualifiers = np.zeros(len(self), np.int16)
        qualifiers[rows] = law.qualifiers.take(self._codes(self.first.take(rows) + position.take(rows)))
        kinds = law.kinds.take(names * np.int32(law.kinds.shape[1]) + qualifiers)
        self._put_transactions(guides(), kinds)
        return kinds

    def _codes(self, places: Integers) -> Integers:
        """The codes of the elements at some places among all elements."""
        begin = self.offsets.take(places)
        return codes(self._characters, begin, self.offsets.take(places + 1) - begin)

    @cached_property
    def _characters(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self.elements.buffers()[2] or b"", np.uint8)

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


def _marks(text: bytes, marks: bytes) -> Iterator[Integers]:
    """Where some bytes stand in a text; a block at a time."""
    characters = np.frombuffer(text, np.uint8)
    for start in range(0, len(characters), _BLOCK):
        block = characters[start : start + _BLOCK]
        met = block == marks[0]
        for mark in marks[1:]:
            met |= block == mark
        yield np.flatnonzero(met).astype(np.int32) + np.int32(start)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pass(begin: Integers, text: bytes, line_ends: list[bytes]) -> None:
    """Line ends after a terminator belong to no segment: move each beginning behind them."""
    characters, last = np.frombuffer(text, np.uint8), len(text) - 1
    rows = np.arange(len(begin))
    while len(rows):
        places = begin.take(rows)
        found = characters.take(places, mode="clip")
        rows = rows[(places < last) & np.logical_or.reduce([found == end[0] for end in line_ends])]
        begin[rows] += 1
