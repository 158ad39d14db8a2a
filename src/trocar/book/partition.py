"""The work files of a book: one per chunk read, its lines in buckets by key, so that any bucket is quickly read.

A chunk file is an Arrow file with one record batch per bucket. It holds the claim table with its columns of few texts
as dictionaries and its empty ones without a type, and for each line its ``row`` (the position among the lines of the
chunk, from 0), its ``key``, and ``claim``, the hash of its claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trocar.book.keys import Hashes, keys_of, under_smallest
from trocar.claims.table import CLAIM_SCHEMA
from trocar.files.whole import written_whole

if TYPE_CHECKING:
    import duckdb

Counts = NDArray[np.int64]
# The name of a chunk, and the position of its first line among the lines read, from 1.
Chunk = tuple[str, int]
_OF_THE_BOOK = pa.schema([("row", pa.int64()), ("key", pa.uint64()), ("claim", pa.uint64())])
WORK_SCHEMA = pa.schema([*CLAIM_SCHEMA, *_OF_THE_BOOK])
_FEW_TEXTS = pa.dictionary(pa.int32(), pa.string())


def write_chunk(folder: Path, name: str, lines: pa.Table, buckets: int, database: duckdb.DuckDBPyConnection) -> Counts:
    """Write the lines of one chunk, and the claims and keys that meet in it; gives the lines of each bucket."""
    keys = keys_of(lines, database)
    with written_whole(keys_file(folder, name)) as path:
        pq.write_table(keys, path, compression="none", use_dictionary=False, write_statistics=False)
    work = lines.append_column("row", pa.array(np.arange(lines.num_rows)))
    for column in ("key", "claim"):
        work = work.append_column(column, keys[column])
    return _write(chunk_file(folder, name), work.combine_chunks(), buckets)


def move_tied(folder: Path, name: str, tied: tuple[Hashes, Hashes], buckets: int) -> Counts | None:
    """Write a chunk again with its tied lines in the bucket of their smallest key; None when it has none."""
    lines = _stored(chunk_file(folder, name), range(buckets))
    before = lines["key"].to_numpy()
    after = under_smallest(before, tied)
    if (before == after).all():
        return None
    lines = lines.set_column(lines.schema.get_field_index("key"), "key", pa.array(after))
    return _write(chunk_file(folder, name), lines, buckets)


def _write(path: Path, work: pa.Table, buckets: int) -> Counts:
    bucket = (work["key"].to_numpy() % np.uint64(buckets)).astype(np.int16)
    work = work.take(pa.array(np.argsort(bucket, kind="stable"))).combine_chunks()
    counts = np.bincount(bucket, minlength=buckets)
    nothing = work.schema.empty_table().combine_chunks().to_batches()
    (whole,) = work.to_batches() or nothing or [pa.RecordBatch.from_pylist([], work.schema)]
    first = 0
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with written_whole(path) as building, pa.ipc.new_file(str(building), work.schema, options=options) as writer:
        for count in counts.tolist():
            writer.write_batch(whole.slice(first, count))
            first += count
    return counts


def _stored(file: Path, buckets: Sequence[int]) -> pa.Table:
    """The lines of some buckets of a chunk, as they are stored."""
    with pa.memory_map(str(file)) as mapped:
        reader = pa.ipc.open_file(mapped)
        return pa.Table.from_batches([reader.get_batch(bucket) for bucket in buckets]).combine_chunks()


def read_buckets(folder: Path, chunks: Sequence[Chunk], buckets: Sequence[int]) -> pa.Table:
    """The lines of some buckets out of all chunks, their rows counted over the book from 1.

    They stand by chunk, by bucket, then in input order. Names as in ``WORK_SCHEMA``; texts may have a dictionary.
    """
    stored = [WORK_SCHEMA.empty_table()]
    for name, first_row in chunks:
        lines = _stored(chunk_file(folder, name), buckets)
        row = lines.schema.get_field_index("row")
        stored.append(lines.set_column(row, "row", pc.add(lines["row"], first_row)))
    columns = [_together([lines[field.name] for lines in stored], field.type) for field in WORK_SCHEMA]
    return pa.table(columns, names=WORK_SCHEMA.names)


def _together(parts: Sequence[pa.ChunkedArray], kind: pa.DataType) -> pa.Array:
    """The parts of a column: with one dictionary if every part that has a text has one, else as plain values."""
    told = [part for part in parts if len(part)]
    if pa.types.is_string(kind) and all(_is_few_texts(part.type) for part in told):
        whole = pa.chunked_array([chunk for part in told for chunk in part.cast(_FEW_TEXTS).chunks], _FEW_TEXTS)
        return whole.unify_dictionaries().combine_chunks()
    return pa.chunked_array([chunk for part in told for chunk in _decoded(part, kind).chunks], kind).combine_chunks()


def _is_few_texts(kind: pa.DataType) -> bool:
    return pa.types.is_dictionary(kind) or pa.types.is_null(kind)


def _decoded(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(column.type):
        return column.cast(kind)
    # A cast does not decode lists.
    return pa.chunked_array([chunk.dictionary.take(chunk.indices).cast(kind) for chunk in column.chunks], kind)


def chunk_file(folder: Path, name: str) -> Path:
    """The file of a chunk's lines."""
    return folder / f"chunk-{name}.arrow"


def keys_file(folder: Path, name: str) -> Path:
    """The file of a chunk's claims and keys."""
    return folder / f"keys-{name}.parquet"
