"""Books under test: small jobs cut into many parts, and the answers of the in-memory path to compare with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trocar.book.job import Job, Kind, PackSource
from trocar.book.run import run
from trocar.claims.csv import ClaimReading, read_claims_csv
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter

REPOSITORY = Path(__file__).resolve().parents[2]
Book: TypeAlias = Callable[..., tuple[dict[str, Any], pa.Table]]


@dataclass(frozen=True)
class SmallJob(Job):
    """A job over few lines that is cut as if they were many."""

    most_lines: int = 1000
    number_of_buckets: int = 5

    @property
    def lines_per_task(self) -> int:
        return self.most_lines

    def buckets(self, rows: int) -> int:
        return self.number_of_buckets

    def tasks(self, counts: Any) -> list[tuple[int, int, int]]:
        return [(bucket, bucket + 1, count) for bucket, count in enumerate(counts.tolist())]


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The embedded starter pack."""
    return open_starter()


@pytest.fixture(scope="session")
def sample() -> pa.Table:
    """The lines of examples/claims.csv that can be read."""
    return read_claims_csv(REPOSITORY / "examples" / "claims.csv").table


@dataclass(frozen=True)
class Chunked:
    """A part of a book that is a claim table, read so many rows at a time."""

    lines: pa.Table
    rows: int

    def chunks(self, *, encoded: bool) -> Iterator[ClaimReading]:
        for first in range(0, self.lines.num_rows, self.rows):
            piece = self.lines.slice(first, self.rows)
            yield ClaimReading(piece, (), piece.num_rows)


def chunked(lines: pa.Table, rows: int) -> list[Chunked]:
    """A book of one part."""
    return [Chunked(lines, rows)]


@pytest.fixture
def small_job(tmp_path: Path) -> Callable[..., SmallJob]:
    """A job in a folder of the test; its input file is only there to be fingerprinted."""

    def make(kind: Kind = "check", output: str = "out.parquet", **more: Any) -> SmallJob:
        path = tmp_path / "book.parquet"
        if not path.exists():
            pq.write_table(pa.table({"row": [1]}), path)
        given = {"processes": 1, "memory": 2 << 30, **more}
        return SmallJob(kind, (path,), tmp_path / output, PackSource(), tmp_path / "work", **given)

    return make


@pytest.fixture
def book(small_job: Callable[..., SmallJob]) -> Book:
    """``book(lines, rows=7, number_of_buckets=5)``: summary and rows of the out-of-core path."""

    def answer(lines: pa.Table, kind: Kind = "check", rows: int = 7, **more: Any) -> tuple[dict[str, Any], pa.Table]:
        job = small_job(kind, **more)
        summary = run(job, chunked(lines, rows))
        return summary, pq.read_table(job.output)

    return answer


def as_set(table: pa.Table) -> list[str]:
    """Rows in an order of their own, so that two tables of the same rows are equal."""
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in table.to_pylist())


def without_notes(summary: dict[str, Any], names: Iterable[str] = ("notes",)) -> dict[str, Any]:
    """A summary without what the reader has to say."""
    return {name: value for name, value in summary.items() if name not in names}
