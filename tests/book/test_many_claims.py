"""A hundred thousand random claims, in no order and in many parts: the answers of all at once, and of each patient."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from spark.random_book import random_book
from trocar.book.job import Job
from trocar.book.run import run
from trocar.claims import parquet
from trocar.claims.books import open_book
from trocar.engine.pack import Pack
from trocar.scrub.check import check
from trocar.scrub.findings_table import result_table

from .conftest import SmallJob, as_set

CLAIMS = 100_000
ONE_BY_ONE = 200


def checked(lines: pa.Table, job: Job) -> pa.Table:
    """The rows of the book, read and checked part by part."""
    pq.write_table(lines, job.paths[0], row_group_size=4_000)
    summary = run(job, open_book(job.paths, tell_repeats=False).parts())
    assert summary["lines"] == summary["rows_read"] == lines.num_rows
    return pq.read_table(job.output)


@pytest.mark.skipif(
    not os.environ.get("TROCAR_LARGE_BOOKS"), reason="100,000 claims take a minute: set TROCAR_LARGE_BOOKS=1"
)
def test_a_hundred_thousand_claims(
    small_job: Callable[..., SmallJob], pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes, thirty parts to read and forty to check: the rows of one check, and of each patient's own."""
    monkeypatch.setattr(parquet, "ROWS_PER_PART", 8_000)
    lines = random_book(CLAIMS)
    rows = checked(lines, small_job(processes=2, number_of_buckets=40))
    assert as_set(rows) == as_set(result_table(check(lines, pack)))
    found = defaultdict(list)
    for at, claim_id in enumerate(rows["claim_id"].to_pylist()):
        found[claim_id].append(at)
    # P1 to P5 hang together through claims that name several patients.
    patients = sorted({patient for patient in lines["patient_id"].to_pylist() if patient and int(patient[1:]) > 5})
    for patient in Random(1).sample(patients, ONE_BY_ONE):
        own = lines.filter(pc.equal(lines["patient_id"], patient))
        at = [row for claim_id in set(own["claim_id"].to_pylist()) for row in found[claim_id]]
        assert as_set(rows.take(pa.array(at, pa.int64()))) == as_set(result_table(check(own, pack)))


def test_the_same_file_from_any_number_of_processes(
    small_job: Callable[..., SmallJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows stand in the same order whoever read and checked them: the order of the parts, not of the finish."""
    monkeypatch.setattr(parquet, "ROWS_PER_PART", 100)
    one, two = small_job(output="one.parquet", processes=1), small_job(output="two.parquet", processes=2)
    pq.write_table(random_book(300), one.paths[0], row_group_size=50)
    parts = open_book(one.paths, tell_repeats=False).parts()
    assert len(parts) > 5
    assert run(one, parts) == run(two, parts)
    assert pq.read_table(one.output) == pq.read_table(two.output)
