"""The work files of a book: one per chunk read, its lines in buckets by key, so that any bucket is quickly read.

A chunk file is an Arrow file with its lines by bucket, each bucket in input order, not compressed: a process maps it
and sees its own buckets without reading the others. It holds the columns of the claim table that the chunk has, those
of few texts as dictionaries (null among them, so that no line's number is missing), and for each line its ``row`` (the
position among the lines of the chunk, from 0), its ``key``, and ``claim``, the hash of its claim.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trocar.book.keys import Hashes, keys_of, under_smallest, write_pairs
from trocar.files.whole import written_whole

Counts = NDArray[np.int64]
# The name of a chunk, and the position of its first line among the lines read, from 1.
Chunk = tuple[str, int]
# In the file's metadata: where each bucket begins among its lines, and the number of lines.
_STARTS = b"starts"


@dataclass(frozen=True)
class Stored:
    """The lines of a chunk, and where each bucket begins among them (last: how many they are)."""

    lines: pa.RecordBatch
    starts: Counts
    mapped: mmap.mmap

    def let_go(self) -> None:
        """Give back the memory of what was looked at; who looks again has it read from the file again."""
        if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            self.mapped.madvise(mmap.MADV_DONTNEED)


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
    lines = stored(folder, name).lines
    before = lines["key"].to_numpy()
    after = under_smallest(before, tied)
    if (before == after).all():
        return None
    in_order = np.argsort(lines["row"].to_numpy())
    lines = lines.set_column(lines.schema.get_field_index("key"), "key", pa.array(after))
    return _write(chunk_file(folder, name), lines.take(pa.array(in_order)), buckets)


def stored(folder: Path, name: str) -> Stored:
    """The lines of a chunk as they are stored, mapped."""
    with chunk_file(folder, name).open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    lines = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).get_batch(0)
    return Stored(lines, np.frombuffer(lines.schema.metadata[_STARTS], np.int64), mapped)


def _write(path: Path, lines: pa.RecordBatch, buckets: int) -> Counts:
    bucket = (lines["key"].to_numpy() % np.uint64(buckets)).astype(np.int16)
    counts = np.bincount(bucket, minlength=buckets)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    lines = lines.take(pa.array(np.argsort(bucket, kind="stable")))
    lines = lines.replace_schema_metadata({_STARTS: starts.tobytes()})
    with written_whole(path, lasting=False) as building, pa.ipc.new_file(str(building), lines.schema) as writer:
        writer.write_batch(lines)
    return counts


def chunk_file(folder: Path, name: str) -> Path:
    """The file of a chunk's lines."""
    return folder / f"chunk-{name}.arrow"


def keys_file(folder: Path, name: str) -> Path:
    """The file of a chunk's claims and keys."""
    return folder / f"keys-{name}.npy"
