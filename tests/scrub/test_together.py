"""Books checked in one batch get the answers they get alone, however their claims and patients are named."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.claims.csv import read_claims_csv
from trocar.engine.starter import open_starter
from trocar.scrub.check import check
from trocar.scrub.together import Part, check_together

SAMPLE = read_claims_csv(Path(__file__).parent.parent.parent / "examples" / "claims.csv").table
PACK = open_starter()


@st.composite
def books(draw: st.DrawFn) -> pa.Table:
    """Some rows of the sample in any order, so that books share claims and patients and cut them apart."""
    rows = draw(st.lists(st.integers(0, SAMPLE.num_rows - 1), max_size=12, unique=True))
    table = SAMPLE.take(pa.array(rows, pa.int64()))
    if draw(st.booleans()):
        # One patient and one practitioner for all: encounters across claims, and none across books.
        for name, text in (("patient_id", "P"), ("rendering_npi", "1234567893")):
            at = table.schema.get_field_index(name)
            table = table.set_column(at, table.schema.field(at), pa.array([text] * len(rows), pa.string()))
    return table


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(books(), min_size=1, max_size=8))
def test_together_as_alone(tables: list[pa.Table]) -> None:
    """The same findings, the same not checked, the same summary."""
    alone = [check(table, PACK) for table in tables]
    expected = [Part(result.summary, result.findings, result.not_checked) for result in alone]
    assert check_together(tables, PACK) == expected
