"""What is asked of a book, and how it is laid out in memory: the plan of buckets, tasks and processes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Literal

from trocar.book.partition import Counts
from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions

MEBIBYTE = 1 << 20
# Measured (docs/books.md): what a process holds before the first line, while it reads, and for each line it keeps.
_MAIN = 450 * MEBIBYTE
_WORKER = 330 * MEBIBYTE
_BYTES_PER_LINE = 900
_MOST_LINES = 200_000
_FEWEST_LINES = 20_000
_LEAST_MEMORY = _MAIN + _WORKER + _FEWEST_LINES * _BYTES_PER_LINE
_MOST_BUCKETS = 4096
_FEWEST_BUCKETS = 8
# What the kernel sees at once. Patients stay whole; small slices keep the answers' memory small.
SLICE_LINES = 65_536
# Buckets differ in size, and no two should fit in a slice: lines of one bucket stand in order, those of several don't.
_BUCKET_LINES = SLICE_LINES * 3 // 4

Kind = Literal["check", "price"]


@dataclass(frozen=True)
class PackSource:
    """Where the reference pack is, so that every process can open it for itself (memory-mapped)."""

    store: Path | None = None
    pins: Mapping[str, str] = field(default_factory=dict)

    def open(self) -> Pack:
        """The pack of the store, or the embedded starter pack."""
        return open_starter(self.pins) if self.store is None else Pack.open(self.store, self.pins)

    @property
    def folder(self) -> Path:
        """The store's folder."""
        return self.store or starter_store()


@dataclass(frozen=True)
class Job:
    """One run over a book: ``memory`` in bytes bounds all processes together."""

    kind: Kind
    paths: tuple[Path, ...]
    output: Path
    pack: PackSource
    work: Path
    processes: int
    memory: int
    strict: bool = False
    suppressions: Suppressions = NO_SUPPRESSIONS

    def __post_init__(self) -> None:
        if self.memory < _LEAST_MEMORY:
            least = ceil(_LEAST_MEMORY / MEBIBYTE)
            raise UsageError(
                f"{self.memory // MEBIBYTE} MiB are too little for a book",
                where="--memory",
                remedy=f"Give at least {least}MiB.",
            )
        if self.processes < 1:
            raise UsageError("no process could work", where="-j", remedy="Give 1 or more.")

    @property
    def processes_that_fit(self) -> int:
        """As many processes as asked for, or as the memory allows."""
        room = (self.memory - _MAIN) // (_WORKER + _FEWEST_LINES * _BYTES_PER_LINE)
        return max(1, min(self.processes, room))

    @property
    def lines_per_task(self) -> int:
        """The lines one process may hold."""
        each = (self.memory - _MAIN) // self.processes_that_fit - _WORKER
        return max(_FEWEST_LINES, min(_MOST_LINES, each // _BYTES_PER_LINE))

    def buckets(self, rows: int) -> int:
        """So many that most slices are one bucket, and tasks can be put together evenly, for about so many rows."""
        return max(_FEWEST_BUCKETS, min(_MOST_BUCKETS, ceil(rows / min(_BUCKET_LINES, self.lines_per_task / 4))))

    def tasks(self, counts: Counts) -> list[tuple[int, int, int]]:
        """Neighbouring buckets together, up to what one process may hold; at least four tasks for each process."""
        total = int(counts.sum())
        most = min(self.lines_per_task, max(_FEWEST_LINES, ceil(total / (4 * self.processes_that_fit))))
        answer: list[tuple[int, int, int]] = []
        first = lines = 0
        for bucket, count in enumerate(counts.tolist()):
            if lines and lines + count > most:
                answer.append((first, bucket, lines))
                first, lines = bucket, 0
            lines += count
        return [*answer, (first, len(counts), lines)]


def default_processes() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def estimated_rows(paths: Sequence[Path]) -> int:
    """About how many rows the files hold: exact for Parquet, by size for text."""
    return sum(_rows(path) for path in paths)


def _rows(path: Path) -> int:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return int(pq.read_metadata(path).num_rows)
    # A row of a claim CSV has 60 to 150 characters; compressed, about a sixth of that.
    return path.stat().st_size // (12 if path.suffix == ".gz" else 80)
