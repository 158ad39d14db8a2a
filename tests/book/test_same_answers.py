"""Out of core or in memory: the same findings, prices and counts, whatever the order, the chunks and the parts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies import claims, codes_of_store, renamed
from trocar.book.job import PackSource
from trocar.book.prices import priced_part
from trocar.book.run import run
from trocar.claims.model import claim_table
from trocar.engine.pack import Pack
from trocar.engine.starter import starter_store
from trocar.pricing.explain import explain_all
from trocar.scrub.check import check
from trocar.scrub.findings_table import result_table

from .conftest import Book, SmallJob, as_set, chunked

CODES = codes_of_store(starter_store())


def shuffled(lines: pa.Table, seed: int) -> pa.Table:
    order = list(range(lines.num_rows))
    Random(seed).shuffle(order)
    return lines.take(pa.array(order))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("buckets", [1, 3, 16])
def test_the_sample_claims(book: Book, pack: Pack, sample: pa.Table, seed: int, buckets: int) -> None:
    """The sample, in any order and any number of parts, has the findings and the summary of the sample at once."""
    expected = check(sample, pack)
    summary, rows = book(shuffled(sample, seed), number_of_buckets=buckets)
    assert as_set(rows) == as_set(result_table(expected))
    read = {"rows_read": sample.num_rows, "rows_not_readable": 0, "notes": []}
    assert summary == read | expected.summary


def test_patients_meet_although_a_claim_names_several(book: Book, pack: Pack, sample: pa.Table) -> None:
    """Patients named line by line at random: claims and patient-days still stay whole."""
    names = np.array([None, "P1", "P2", "P3"], object)
    column = sample.schema.get_field_index("patient_id")
    for seed in range(5):
        patients = names[np.random.default_rng(seed).integers(0, 4, sample.num_rows)]
        lines = sample.set_column(column, sample.schema.field(column), pa.array(patients.tolist(), pa.string()))
        _, rows = book(shuffled(lines, seed), number_of_buckets=7)
        assert as_set(rows) == as_set(result_table(check(lines, pack)))


@given(st.lists(claims(CODES), min_size=1, max_size=8), st.integers(1, 9), st.integers(1, 30), st.randoms())
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
def test_random_books(drawn: list, buckets: int, rows: int, random: Random) -> None:
    """Random claims of a few patients: the same rows, and the same summary, for every cut."""
    named = [line for number, claim in enumerate(drawn) for line in renamed(claim, f"C{number}")]
    patients = ["P1", "P2", None]
    table = claim_table(named)
    column = table.schema.get_field_index("patient_id")
    keys = pa.array([random.choice(patients) for _ in named], pa.string())
    table = table.set_column(column, table.schema.field(column), keys)
    order = list(range(table.num_rows))
    random.shuffle(order)
    pack = PackSource().open()
    expected = check(table, pack)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pq.write_table(pa.table({"row": [1]}), folder / "book.parquet")
        job = SmallJob(
            "check", (folder / "book.parquet",), folder / "out.parquet", PackSource(), folder / "work",
            processes=1, memory=2 << 30, number_of_buckets=buckets,
        )  # fmt: skip
        summary = run(job, chunked(table.take(pa.array(order)), rows))
        assert as_set(pq.read_table(job.output)) == as_set(result_table(expected))
    assert summary["rules"] == expected.summary["rules"]
    assert summary["amount_at_risk"] == expected.summary["amount_at_risk"]
    assert summary["releases"] == expected.summary["releases"]
    assert not folder.exists()


def test_processes_of_their_own_give_the_same(book: Book, pack: Pack, sample: pa.Table) -> None:
    """Two processes, one part each at a time: the same rows."""
    _, rows = book(sample, processes=2)
    assert as_set(rows) == as_set(result_table(check(sample, pack)))


def test_prices_of_a_book(book: Book, pack: Pack, sample: pa.Table) -> None:
    """Each line's price is that of the sample at once, and ``row`` is its place in the input."""
    expected, tally = priced_part(sample, pa.chunked_array([pa.array(np.arange(1, sample.num_rows + 1))]), pack)
    summary, rows = book(sample, kind="price")
    assert rows.sort_by("row").to_pylist() == expected.to_pylist()
    assert summary["price_status"] == tally["price_status"]


def test_the_price_table_says_what_trocar_price_says(pack: Pack, sample: pa.Table) -> None:
    """Amounts, reasons, assumptions and citations of every line, as in the JSON shape of ``trocar price``."""
    from trocar.engine.batch import Batch
    from trocar.pricing.price import price

    lines = shuffled(sample, 3)
    table, _ = priced_part(lines, pa.chunked_array([pa.array(np.arange(1, lines.num_rows + 1))]), pack)
    for row, answer in zip(table.to_pylist(), explain_all(price(Batch(lines, pack).line)), strict=True):
        for name in ("claim_id", "line", "hcpcs", "modifiers", "status", "reasons", "assumed"):
            assert row[name] == answer[name]
        for name in ("allowed", "limiting_charge", "medicare_pays", "patient_pays", "sequestration", "bonus"):
            assert (None if row[name] is None else str(row[name])) == answer[name]
        cited = [{k: v for k, v in citation.items() if v is not None} for citation in row["citations"]]
        assert cited == answer["citations"]
