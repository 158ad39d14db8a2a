"""What one process does with one task: read its lines, check or price them slice by slice, write one part."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from trocar.book.gather import WorkFiles
from trocar.book.job import SLICE_LINES, Kind, PackSource
from trocar.book.partition import Chunk
from trocar.book.parts import write_part
from trocar.book.prices import priced_part
from trocar.book.repeated import split_repeated_hashed
from trocar.claims.rows import RowProblem
from trocar.claims.table import CLAIM_SCHEMA
from trocar.engine.pack import Pack
from trocar.engine.without_pandas import leave_pandas_out
from trocar.scrub.check import check
from trocar.scrub.findings_table import encoded_table
from trocar.scrub.suppression import Suppressions


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


@dataclass
class Worker:
    """A process at work on one book; it opens the pack and the work files once."""

    kind: Kind
    folder: Path
    pack: Pack
    suppressions: Suppressions
    _opened: WorkFiles | None = field(default=None, init=False)

    def run(self, task: Task) -> Task:
        """Write the part of a task; gives it back when it is written."""
        files = self._opened = self._opened or WorkFiles(self.folder, task.chunks)
        repeated: list[RowProblem] = []

        def answers() -> Iterator[tuple[pa.Table, dict[str, Any]]]:
            for lines in files.slices(range(task.first_bucket, task.after_bucket), SLICE_LINES):
                kept, again = split_repeated_hashed(lines)
                repeated.extend(again)
                yield self._answers(kept)

        write_part(task.part(self.folder), self.kind, answers(), repeated, self.pack)
        return task

    def _answers(self, lines: pa.Table) -> tuple[pa.Table, dict[str, Any]]:
        claims = lines.select(CLAIM_SCHEMA.names)
        if self.kind == "price":
            return priced_part(claims, lines["row"], self.pack)
        result = check(claims, self.pack, suppressions=self.suppressions)
        return encoded_table(result), result.summary


_worker: Worker | None = None


def start(kind: Kind, folder: Path, source: PackSource, suppressions: Suppressions) -> None:
    """Called once in each process."""
    global _worker
    leave_pandas_out()
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
