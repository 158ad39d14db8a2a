"""The pieces of a book: ties of patients, slices, tasks, repeated lines, sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from trocar.book.gather import by_key
from trocar.book.job import Job, PackSource
from trocar.book.keys import smallest_of_ties, under_smallest
from trocar.book.merge import check_target
from trocar.book.repeated import split_repeated
from trocar.claims.model import ClaimLine, claim_table
from trocar.core.errors import UsageError
from trocar.entrypoints.options import memory_size

GIB = 1 << 30


def hashes(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


def test_claims_tie_patients_in_chains() -> None:
    """Claim 1 ties 5 and 9, claim 2 ties 9 and 7, claim 3 ties 20 and 30: 7 and 9 go under 5, 30 under 20."""
    tied = smallest_of_ties(hashes(1, 1, 2, 2, 3, 3), hashes(9, 5, 9, 7, 30, 20))
    assert [part.tolist() for part in tied] == [[7, 9, 30], [5, 5, 20]]
    assert under_smallest(hashes(9, 8, 30, 5), tied).tolist() == [5, 8, 20, 5]


def test_a_long_chain_ends_in_its_smallest_key() -> None:
    """A thousand claims, each tying one key to the next: all under the first."""
    claims = np.repeat(np.arange(1000, dtype=np.uint64), 2)
    keys = claims + np.tile(hashes(0, 1), 1000)
    moved, smallest = smallest_of_ties(claims, keys)
    assert len(moved) == 1000
    assert set(smallest.tolist()) == {0}


def test_no_claim_ties_anything() -> None:
    """Without ties the keys stay."""
    tied = smallest_of_ties(hashes(), hashes())
    assert under_smallest(hashes(3, 4), tied).tolist() == [3, 4]


@pytest.mark.parametrize("most", [1, 2, 3, 5, 100])
def test_slices_keep_keys_whole(most: int) -> None:
    """Every line is in one slice, with all lines of its key, in input order."""
    keys = [4, 1, 4, 2, 2, 4, 9, 1, 3]
    table = pa.table({"key": pa.array(keys, pa.uint64()), "row": range(len(keys))})
    found = [piece["row"].to_pylist() for piece in by_key(table, most)]
    assert sorted(row for rows in found for row in rows) == list(range(len(keys)))
    assert all(rows == sorted(rows) for rows in found)
    for key in set(keys):
        assert sum(any(keys[row] == key for row in rows) for rows in found) == 1


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., Job]:
    """A job that is never run."""

    def make(memory: int, processes: int = 2) -> Job:
        return Job("check", (), tmp_path / "out.parquet", PackSource(), tmp_path / "work", processes, memory)

    return make


def test_tasks_cover_every_bucket_once(job: Callable[..., Job]) -> None:
    """Neighbouring buckets together, none left out, none larger than a process may hold unless one bucket is."""
    counts = np.array([30_000, 1_000, 0, 600_000, 5, 5, 40_000])
    tasks = job(2 * GIB).tasks(counts)
    assert [first for first, _, _ in tasks] == [0, *(after for _, after, _ in tasks[:-1])]
    assert tasks[-1][1] == len(counts)
    assert sum(lines for _, _, lines in tasks) == counts.sum()
    assert (3, 4, 600_000) in tasks


def test_less_memory_means_fewer_processes_then_smaller_tasks(job: Callable[..., Job]) -> None:
    """Eight processes don't fit in 2 GiB; below the least, the job is refused with the least."""
    assert job(2 * GIB, 8).processes_that_fit < 8
    assert job(850 << 20, 1).lines_per_task < job(2 * GIB, 1).lines_per_task
    with pytest.raises(UsageError, match="too little"):
        job(100 << 20)


def test_a_repeated_line_names_both_places() -> None:
    """The first of three stays; the others are rows that can't be read."""
    given = [("A", 1, "x row 2"), ("B", 1, "x row 3"), ("A", 1, "y row 2"), ("A", 2, "y row 3"), ("A", 1, "y row 4")]
    lines = [
        ClaimLine(claim_id=claim, line=line, service_date=date(2024, 7, 1), hcpcs="77002", where=where)
        for claim, line, where in given
    ]
    kept, problems = split_repeated(claim_table(lines))
    assert kept["where"].to_pylist() == ["x row 2", "x row 3", "y row 3"]
    assert [(problem.where, problem.line) for problem in problems] == [("y row 2", 1), ("y row 4", 1)]
    assert all("stands at x row 2 already" in problem.error["error"] for problem in problems)


@pytest.mark.parametrize(("text", "size"), [("2GiB", 2 * GIB), ("512MiB", 512 << 20), ("1g", GIB), ("4096", 4096)])
def test_sizes(text: str, size: int) -> None:
    """GiB, MiB, their short forms, and plain bytes."""
    assert memory_size(text) == size


def test_what_is_no_size_is_refused() -> None:
    """The error shows how a size is written."""
    with pytest.raises(UsageError, match="not a size"):
        memory_size("much")


def test_the_output_is_checked_before_the_work(tmp_path: Path) -> None:
    """A suffix nobody can write, or a folder that is not there, is told at once."""
    with pytest.raises(UsageError, match="not a kind"):
        check_target(tmp_path / "findings.docx")
    with pytest.raises(UsageError, match="does not exist"):
        check_target(tmp_path / "missing" / "findings.csv")
