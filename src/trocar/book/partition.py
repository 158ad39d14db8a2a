"""The work files of a book: one per chunk read, its lines in buckets by key, so that any bucket is quickly read.

A chunk file is an Arrow file with one batch for each bucket, in input order, not compressed: a process reads its own
buckets and no others. It holds the columns of the claim table that the chunk has, those of few texts as dictionaries
(null among them, so that no line's number is missing), and for each line its ``row`` (the position among the lines of
the chunk, from 0), its ``key``, and ``claim``, the hash of its claim.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trocar.book.keys import Hashes, keys_of, under_smallest, write_pairs
from trocar.files.whole import written_whole

Counts = NDArray[np.int64]
# The name of a chunk, and the position of its first line among the lines read, from 1.
Chunk = tuple[str, int]
# In the file's metadata: how many lines each bucket has.
_COUNTS = b"counts"


def write_chunk(folder: Path, name: str, lines: pa.Table, buckets: int) -> Counts:
    """Write the lines of one chunk, and the claims and keys that meet in it; gives the lines of each bucket."""
    keys = keys_of(lines)
    write_pairs(keys_file(folder, name), keys)
    told = [field.name for field in lines.schema if not pa.types.is_null(field.type)]
    columns = {name: lines[name].combine_chunks() for name in told}
    columns["row"] = pa.array(np.arange(lines.num_rows, dtype=np.int32))
    columns |= {name: keys[name].combine_chunks() for name in ("key", "claim")}
    return _write(chunk_file(folder, name), pa.record_batch(columns), buckets)


def move_tied(folder: Path, name: str, tied: tuple[Hashes, Hashes], buckets: int) -> Counts | None:
    """Write a chunk again with its tied lines in the bucket of their smallest key; None when it has none."""
    whole = stored(folder, name)[0].read_all()
    columns = {column: whole[column].combine_chunks() for column in whole.schema.names}
    before = columns["key"].to_numpy()
    after = under_smallest(before, tied)
    if (before == after).all():
        return None
    columns["key"] = pa.array(after)
    in_order = np.argsort(columns["row"].to_numpy())
    return _write(chunk_file(folder, name), pa.record_batch(columns).take(pa.array(in_order)), buckets)


def stored(folder: Path, name: str) -> tuple[pa.ipc.RecordBatchFileReader, Counts]:
    """The buckets of a chunk, to be read one by one, and how many lines each has."""
    reader = pa.ipc.open_file(pa.OSFile(str(chunk_file(folder, name))))
    return reader, np.frombuffer(reader.schema.metadata[_COUNTS], np.int64)


def _write(path: Path, lines: pa.RecordBatch, buckets: int) -> Counts:
    bucket = (lines["key"].to_numpy() % np.uint64(buckets)).astype(np.int16)
    counts = np.bincount(bucket, minlength=buckets)
    lines = lines.take(pa.array(np.argsort(bucket, kind="stable")))
    lines = lines.replace_schema_metadata({_COUNTS: counts.astype(np.int64).tobytes()})
    first = 0
    with written_whole(path, lasting=False) as building, pa.ipc.new_file(str(building), lines.schema) as writer:
        for count in counts.tolist():
            writer.write_batch(lines.slice(first, count))
            first += count
    return counts


def chunk_file(folder: Path, name: str) -> Path:
    """The file of a chunk's lines."""
    return folder / f"chunk-{name}.arrow"


def keys_file(folder: Path, name: str) -> Path:
    """The file of a chunk's claims and keys."""
    return folder / f"keys-{name}.npy"
