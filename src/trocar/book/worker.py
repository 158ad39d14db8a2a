"""What one process does with one task: read its lines, check or price them slice by slice, write one part."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.book.job import Kind, PackSource
from trocar.book.partition import Chunk, read_buckets
from trocar.book.parts import write_part
from trocar.book.prices import priced_part
from trocar.book.repeated import split_repeated_hashed
from trocar.claims.table import CLAIM_SCHEMA
from trocar.engine.pack import Pack
from trocar.scrub.check import check
from trocar.scrub.findings_table import encoded_table
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions

# A slice is what the kernel sees at once. Patients stay whole; small slices keep the answers' memory small.
SLICE_LINES = 65_536


@dataclass(frozen=True)
class Task:
    """Some buckets of a book, to be gathered from all its chunks; the part they become."""

    number: int
    first_bucket: int
    after_bucket: int
    lines: int
    chunks: tuple[Chunk, ...]

    def part(self, folder: Path) -> Path:
        """The file of the finished part."""
        return folder / f"part-{self.number:05d}.arrow"


@dataclass(frozen=True)
class Worker:
    """A process at work on one book; it opens the pack once."""

    kind: Kind
    folder: Path
    pack: Pack
    suppressions: Suppressions = NO_SUPPRESSIONS

    def run(self, task: Task) -> Task:
        """Write the part of a task; gives it back when it is written."""
        lines = read_buckets(self.folder, task.chunks, range(task.first_bucket, task.after_bucket))
        kept, repeated = split_repeated_hashed(lines)
        del lines
        write_part(task.part(self.folder), self.kind, self._answers(kept), repeated, self.pack)
        return task

    def _answers(self, lines: pa.Table) -> Iterator[tuple[pa.Table, dict[str, Any]]]:
        for piece in slices(lines, SLICE_LINES):
            if self.kind == "price":
                yield priced_part(piece.select(CLAIM_SCHEMA.names), piece["row"], self.pack)
            else:
                result = check(piece.select(CLAIM_SCHEMA.names), self.pack, suppressions=self.suppressions)
                yield encoded_table(result), result.summary


def slices(lines: pa.Table, most: int) -> Iterator[pa.Table]:
    """Runs of about ``most`` lines with every key whole, each in input order (by ``row``)."""
    if not lines.num_rows:  # no lines, too, have an answer
        yield lines
    keys, rows = lines["key"].to_numpy(), lines["row"].to_numpy()
    by_key = np.argsort(keys) if len(keys) > most else np.arange(len(keys))
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys[by_key])) + 1, [len(keys)]])
    first = 0
    while first < len(keys):
        # The last key boundary within reach, or the first beyond it where one key is longer than a slice.
        at = int(np.searchsorted(starts, first + most, "right")) - 1
        end = int(starts[at]) if starts[at] > first else int(starts[at + 1])
        positions = by_key[first:end]
        yield lines.take(pa.array(positions[np.argsort(rows[positions])])).combine_chunks()
        first = end


_worker: Worker | None = None


def start(kind: Kind, folder: Path, source: PackSource, suppressions: Suppressions) -> None:
    """Called once in each process."""
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pa.set_cpu_count(1)
    _worker = Worker(kind, folder, source.open(), suppressions)


def _end_with_parent() -> None:
    """A process whose run was killed would wait for its next task for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(task: Task) -> Task:
    """Called for each task; gives it back when its part is written."""
    if _worker is None:
        raise RuntimeError("the process was not started for a book")
    return _worker.run(task)
