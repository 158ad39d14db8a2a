"""The work files of a book: one per chunk read, its lines in buckets by key, so that any bucket is quickly read.

A chunk file is an Arrow file with one record batch per bucket. It holds the claim table, the ``row`` of each line
(its position among the lines read, from 1) and its ``key``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trocar.book.files import written_whole
from trocar.book.keys import Hashes, keys_of, under_smallest
from trocar.claims.table import CLAIM_SCHEMA

Counts = NDArray[np.int64]
WORK_SCHEMA = pa.schema([*CLAIM_SCHEMA, pa.field("row", pa.int64()), pa.field("key", pa.uint64())])


def write_chunk(folder: Path, number: int, lines: pa.Table, first_row: int, buckets: int) -> Counts:
    """Write the lines of one chunk, and the claims and keys that meet in it; gives the lines of each bucket."""
    keys = keys_of(lines)
    with written_whole(_keys_file(folder, number)) as path:
        pq.write_table(keys.group_by(["claim", "key"]).aggregate([]), path)
    rows = pa.array(np.arange(first_row, first_row + lines.num_rows))
    work = lines.append_column("row", rows).append_column("key", keys["key"])
    return _write(_chunk_file(folder, number), work, buckets)


def move_tied(folder: Path, number: int, tied: tuple[Hashes, Hashes], buckets: int) -> Counts | None:
    """Write a chunk again with its tied lines in the bucket of their smallest key; None when it has none."""
    lines = read_buckets([_chunk_file(folder, number)], range(buckets))
    before = lines["key"].to_numpy()
    after = under_smallest(before, tied)
    if (before == after).all():
        return None
    lines = lines.set_column(lines.schema.get_field_index("key"), WORK_SCHEMA.field("key"), pa.array(after))
    return _write(_chunk_file(folder, number), lines, buckets)


def _write(path: Path, work: pa.Table, buckets: int) -> Counts:
    bucket = (work["key"].to_numpy() % np.uint64(buckets)).astype(np.int16)
    order = np.argsort(bucket, kind="stable")
    work = work.cast(WORK_SCHEMA).take(pa.array(order)).combine_chunks()
    counts = np.bincount(bucket, minlength=buckets)
    nothing = pa.RecordBatch.from_pylist([], WORK_SCHEMA)
    first = 0
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with written_whole(path) as building, pa.ipc.new_file(str(building), WORK_SCHEMA, options=options) as writer:
        for count in counts.tolist():
            writer.write_batch(work.slice(first, count).to_batches()[0] if count else nothing)
            first += count
    return counts


def read_buckets(files: Iterable[Path], buckets: Iterable[int]) -> pa.Table:
    """The lines of some buckets out of all chunk files."""
    buckets = list(buckets)
    batches = []
    for file in files:
        with pa.memory_map(str(file)) as mapped:
            reader = pa.ipc.open_file(mapped)
            batches += [reader.get_batch(bucket) for bucket in buckets]
    return pa.Table.from_batches(batches, WORK_SCHEMA)


def chunk_files(folder: Path, chunks: int) -> list[Path]:
    """The chunk files of a book, in the order of its input."""
    return [_chunk_file(folder, number) for number in range(chunks)]


def keys_files(folder: Path, chunks: int) -> list[Path]:
    """The files of distinct claims and keys, one per chunk."""
    return [_keys_file(folder, number) for number in range(chunks)]


def _chunk_file(folder: Path, number: int) -> Path:
    return folder / f"chunk-{number:05d}.arrow"


def _keys_file(folder: Path, number: int) -> Path:
    return folder / f"keys-{number:05d}.parquet"
