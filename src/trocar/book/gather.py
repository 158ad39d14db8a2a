"""Lines of a book out of its work files: those of some buckets, gathered from all chunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trocar.book.partition import Chunk, Counts, stored
from trocar.claims.table import CLAIM_SCHEMA

# What is looked at of a mapped file stays in memory with what the system maps around it, until it is given back: this
# much for each column of each chunk, however few lines are wanted.
_AROUND = 64 << 10
# Of a chunk: from which line to which other.
Cut = tuple[int, int]


class _Column(Protocol):
    def of(self, cuts: Sequence[Cut]) -> pa.Array: ...


@dataclass(frozen=True)
class _Plain:
    """A column whose cells stand as they are in some chunk; a chunk without it has None."""

    chunks: list[pa.Array | None]
    kind: pa.DataType

    def of(self, cuts: Sequence[Cut]) -> pa.Array:
        """The cells of each cut, one after the other."""
        if all(cells is None for cells in self.chunks):
            return pa.nulls(sum(end - first for first, end in cuts), self.kind)
        return pa.chunked_array(map(self._cells, self.chunks, cuts), self.kind).combine_chunks()

    def _cells(self, cells: pa.Array | None, cut: Cut) -> pa.Array:
        first, end = cut
        if cells is None:
            return pa.nulls(end - first, self.kind)
        some = cells.slice(first, end - first)
        return some.dictionary.take(some.indices) if pa.types.is_dictionary(some.type) else some


@dataclass(frozen=True)
class _Coded:
    """A column of few values in every chunk: the codes of each, which begin at ``starts`` of all ``numbers``.

    A number is the position among the ``values`` of the book, -1 for null.
    """

    codes: list[NDArray[np.signedinteger] | None]
    starts: NDArray[np.int32]
    numbers: NDArray[np.int32]
    values: pa.Array

    def of(self, cuts: Sequence[Cut]) -> pa.Array:
        """Texts with a dictionary, which is that of the whole book; lists as they are."""
        codes = np.concatenate([_some(codes, cut) for codes, cut in zip(self.codes, cuts, strict=True)])
        number = self.numbers.take(codes + self.starts.repeat(_lengths(cuts)))
        missing = number < 0
        indices = pa.array(number, mask=missing if missing.any() else None)
        if pa.types.is_list(self.values.type):
            return self.values.take(indices)
        return pa.DictionaryArray.from_arrays(indices, self.values)


def _some(codes: NDArray[np.signedinteger] | None, cut: Cut) -> NDArray[np.signedinteger]:
    first, end = cut
    return np.zeros(end - first, np.int8) if codes is None else codes[first:end]


def _lengths(cuts: Sequence[Cut]) -> NDArray[np.int64]:
    return np.array([end - first for first, end in cuts])


@dataclass(frozen=True)
class _Rows:
    """The position of each line: within its chunk from 0, and where the chunk begins."""

    positions: list[NDArray[np.int32]]
    firsts: NDArray[np.int64]

    def of(self, cuts: Sequence[Cut]) -> pa.Array:
        """Positions among the lines of the book."""
        within = np.concatenate(
            [position[first:end] for position, (first, end) in zip(self.positions, cuts, strict=True)]
        )
        return pa.array(within + self.firsts.repeat(_lengths(cuts)))


class WorkFiles:
    """The chunks of a book, mapped; about ``most_mapped`` bytes stay in memory. Each process opens them once."""

    def __init__(self, folder: Path, chunks: Sequence[Chunk], most_mapped: int) -> None:
        self._most_mapped = most_mapped
        self._chunks = [stored(folder, name) for name, _ in chunks]
        batches = [chunk.lines for chunk in self._chunks]
        self._starts = [chunk.starts for chunk in self._chunks]
        # How many chunks hold each column.
        self._held_by = Counter(name for lines in batches for name in lines.schema.names)
        self._looked_at = 0
        self._columns: dict[str, _Column] = {
            field.name: _column(batches, field.name, field.type) for field in CLAIM_SCHEMA
        }
        self._columns["row"] = _Rows(
            [lines["row"].to_numpy() for lines in batches], np.array([first for _, first in chunks])
        )
        for name in ("key", "claim"):
            self._columns[name] = _column(batches, name, pa.uint64())

    def counts(self, buckets: range) -> Counts:
        """How many lines each of some buckets has."""
        stretch = slice(buckets.start, buckets.stop + 1)
        return np.sum([np.diff(starts[stretch]) for starts in self._starts] or [np.zeros(len(buckets))], axis=0)

    def lines(self, buckets: range) -> pa.Table:
        """The lines of neighbouring buckets by chunk, by bucket, then in input order; of one bucket, in input order.

        The columns of ``CLAIM_SCHEMA`` (texts may have a dictionary), ``row`` (the position among the lines of the
        book, from 1), and the hashes ``key`` and ``claim``.
        """
        cuts = [(int(starts[buckets.start]), int(starts[buckets.stop])) for starts in self._starts]
        columns = {}
        for name, column in self._columns.items():
            columns[name] = column.of(cuts)
            self._looked_at += _AROUND * self._held_by[name]
            if self._looked_at > self._most_mapped:
                for chunk in self._chunks:
                    chunk.let_go()
                self._looked_at = 0
        return pa.table(columns)

    def slices(self, buckets: range, most: int) -> Iterator[pa.Table]:
        """Lines of about ``most`` at a time with every key whole, each time in input order; at least once."""
        for run in _runs(buckets, self.counts(buckets), most):
            lines = self.lines(run)
            if len(run) == 1 and lines.num_rows <= most:
                yield lines
            else:
                yield from by_key(lines, most)


def _column(batches: Sequence[pa.RecordBatch], name: str, kind: pa.DataType) -> _Column:
    chunks = [batch[name] if name in batch.schema.names else None for batch in batches]
    told = [cells for cells in chunks if cells is not None]
    if not told or not all(pa.types.is_dictionary(cells.type) for cells in told):
        return _Plain(chunks, kind)
    values = pa.chunked_array([cells.dictionary for cells in told], kind).combine_chunks()
    number = np.arange(len(values), dtype=np.int32)
    if pa.types.is_string(kind):
        distinct = values.dictionary_encode()
        number, values = distinct.indices.fill_null(-1).to_numpy(), distinct.dictionary
    ends = np.cumsum([0, *(0 if cells is None else len(cells.dictionary) for cells in chunks)])
    # A chunk without the column has one code, which stands for null.
    starts = [len(number) if cells is None else start for cells, start in zip(chunks, ends[:-1], strict=True)]
    codes = [None if cells is None else cells.indices.to_numpy() for cells in chunks]
    return _Coded(codes, np.array(starts, np.int32), np.append(number, np.int32(-1)), values)


def _runs(buckets: range, counts: Counts, most: int) -> Iterator[range]:
    """Neighbouring buckets together up to so many lines; one that has more stands alone."""
    first, lines = buckets.start, 0
    for bucket, count in zip(buckets, counts.tolist(), strict=True):
        if bucket > first and lines + count > most:
            yield range(first, bucket)
            first, lines = bucket, 0
        lines += count
    yield range(first, buckets.stop)


def by_key(lines: pa.Table, most: int) -> Iterator[pa.Table]:
    """Lines in pieces of about ``most`` with every key whole, each in input order (by ``row``)."""
    if not lines.num_rows:  # no lines, too, have an answer
        yield lines
    keys, rows = lines["key"].to_numpy(), lines["row"].to_numpy()
    order = np.argsort(keys) if len(keys) > most else np.arange(len(keys))
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys[order])) + 1, [len(keys)]])
    first = 0
    while first < len(keys):
        # The last key boundary within reach, or the first beyond it where one key is longer than a piece.
        at = int(np.searchsorted(starts, first + most, "right")) - 1
        end = int(starts[at]) if starts[at] > first else int(starts[at + 1])
        positions = order[first:end]
        yield lines.take(pa.array(positions[np.argsort(rows[positions])])).combine_chunks()
        first = end
