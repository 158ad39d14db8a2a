"""Lines of a book out of its work files: those of some buckets, gathered from all chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trocar.book.partition import Chunk, Counts, stored
from trocar.claims.table import CLAIM_SCHEMA

# A process may have some thousand files open, often no more than 1,024; a book of many small files has more chunks.
_MOST_OPEN = 512
# One bucket of a chunk, and the number of the chunk.
Piece = tuple[int, pa.RecordBatch]


class _Column(Protocol):
    def of(self, pieces: Sequence[Piece]) -> pa.Array: ...


@dataclass(frozen=True)
class _Plain:
    """A column whose cells stand as they are in some chunk, and are missing in others."""

    name: str
    kind: pa.DataType
    missing_in: frozenset[int]

    def of(self, pieces: Sequence[Piece]) -> pa.Array:
        """The cells of each piece, one after the other."""
        return pa.chunked_array([self._cells(*piece) for piece in pieces], self.kind).combine_chunks()

    def _cells(self, chunk: int, batch: pa.RecordBatch) -> pa.Array:
        if chunk in self.missing_in:
            return pa.nulls(batch.num_rows, self.kind)
        cells = batch.column(self.name)
        return cells.dictionary.take(cells.indices) if pa.types.is_dictionary(cells.type) else cells


@dataclass(frozen=True)
class _Nothing:
    """A column that no chunk has."""

    kind: pa.DataType

    def of(self, pieces: Sequence[Piece]) -> pa.Array:
        """Nulls."""
        return pa.nulls(sum(batch.num_rows for _, batch in pieces), self.kind)


@dataclass(frozen=True)
class _Coded:
    """A column of few values in every chunk, whose codes begin at ``starts`` of all ``numbers``.

    A number is the position among the ``values`` of the book, -1 for null.
    """

    name: str
    missing_in: frozenset[int]
    starts: NDArray[np.int32]
    numbers: NDArray[np.int32]
    values: pa.Array

    def of(self, pieces: Sequence[Piece]) -> pa.Array:
        """Texts with a dictionary, which is that of the whole book; lists as they are."""
        codes = np.concatenate([self._codes(*piece) for piece in pieces])
        starts = self.starts[[chunk for chunk, _ in pieces]]
        number = self.numbers.take(codes + starts.repeat([batch.num_rows for _, batch in pieces]))
        missing = number < 0
        indices = pa.array(number, mask=missing if missing.any() else None)
        if pa.types.is_list(self.values.type):
            return self.values.take(indices)
        return pa.DictionaryArray.from_arrays(indices, self.values)

    def _codes(self, chunk: int, batch: pa.RecordBatch) -> NDArray[np.signedinteger]:
        if chunk in self.missing_in:
            return np.zeros(batch.num_rows, np.int8)
        codes: NDArray[np.signedinteger] = batch.column(self.name).indices.to_numpy()
        return codes


@dataclass(frozen=True)
class _Rows:
    """The position of each line: within its chunk from 0, and where the chunk begins."""

    firsts: NDArray[np.int64]

    def of(self, pieces: Sequence[Piece]) -> pa.Array:
        """Positions among the lines of the book."""
        within = np.concatenate([batch.column("row").to_numpy() for _, batch in pieces])
        firsts = self.firsts[[chunk for chunk, _ in pieces]]
        return pa.array(within + firsts.repeat([batch.num_rows for _, batch in pieces]))


class WorkFiles:
    """The chunks of a book, of which any bucket can be read. Each process that works on the book opens them once.

    The first ``most_open`` stay open, the others are opened at each look.
    """

    def __init__(self, folder: Path, chunks: Sequence[Chunk], most_open: int = _MOST_OPEN) -> None:
        self._folder = folder
        self._names = [name for name, _ in chunks]
        self._open: list[pa.ipc.RecordBatchFileReader] = []
        counts, first = [], []
        for name in self._names:
            reader, of_buckets = stored(folder, name)
            counts.append(of_buckets)
            first.append(reader.get_batch(0))
            if len(self._open) < most_open:
                self._open.append(reader)
        self._counts = np.stack(counts)
        self._columns = {field.name: _column(first, field.name, field.type) for field in CLAIM_SCHEMA}
        self._columns["row"] = _Rows(np.array([start for _, start in chunks]))
        for name in ("key", "claim"):
            self._columns[name] = _column(first, name, pa.uint64())

    def counts(self, buckets: range) -> Counts:
        """How many lines each of some buckets has."""
        counts: Counts = self._counts[:, buckets.start : buckets.stop].sum(axis=0)
        return counts

    def lines(self, buckets: range) -> pa.Table:
        """The lines of neighbouring buckets by chunk, by bucket, then in input order; of one bucket, in input order.

        The columns of ``CLAIM_SCHEMA`` (texts may have a dictionary), ``row`` (the position among the lines of the
        book, from 1), and the hashes ``key`` and ``claim``.
        """
        pieces = [(chunk, reader.get_batch(at)) for chunk, reader in enumerate(self._readers()) for at in buckets]
        return pa.table({name: column.of(pieces) for name, column in self._columns.items()})

    def _readers(self) -> Iterator[pa.ipc.RecordBatchFileReader]:
        yield from self._open
        for name in self._names[len(self._open) :]:
            yield stored(self._folder, name)[0]

    def slices(self, buckets: range, most: int) -> Iterator[pa.Table]:
        """Lines of about ``most`` at a time with every key whole, each time in input order; at least once."""
        for run in _runs(buckets, self.counts(buckets), most):
            lines = self.lines(run)
            if len(run) == 1 and lines.num_rows <= most:
                yield lines
            else:
                yield from by_key(lines, most)


def _column(batches: Sequence[pa.RecordBatch], name: str, kind: pa.DataType) -> _Column:
    """How to gather a column, by any bucket of each chunk: a chunk has one dictionary throughout."""
    chunks = [batch.column(name) if name in batch.schema.names else None for batch in batches]
    told = [cells for cells in chunks if cells is not None]
    missing_in = frozenset(chunk for chunk, cells in enumerate(chunks) if cells is None)
    if not told:
        return _Nothing(kind)
    if not all(pa.types.is_dictionary(cells.type) for cells in told):
        return _Plain(name, kind, missing_in)
    values = pa.chunked_array([cells.dictionary for cells in told], kind).combine_chunks()
    number = np.arange(len(values), dtype=np.int32)
    if pa.types.is_string(kind):
        distinct = values.dictionary_encode()
        number, values = distinct.indices.fill_null(-1).to_numpy(), distinct.dictionary
    ends = np.cumsum([0, *(0 if cells is None else len(cells.dictionary) for cells in chunks)])
    # A chunk without the column has one code, which stands for null.
    starts = [len(number) if cells is None else start for cells, start in zip(chunks, ends[:-1], strict=True)]
    return _Coded(name, missing_in, np.array(starts, np.int32), np.append(number, np.int32(-1)), values)


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
