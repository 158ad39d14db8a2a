"""The findings table, built by columns, says what the JSON shapes say."""

from __future__ import annotations

from pathlib import Path

from trocar.claims.csv import read_claims_csv
from trocar.engine.starter import open_starter
from trocar.scrub.check import check
from trocar.scrub.findings_table import result_rows, result_table, rows_table

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "claims.csv"


def test_columns_and_rows_say_the_same() -> None:
    """Every finding and everything not checked of the sample, in the same order, value by value."""
    result = check(read_claims_csv(SAMPLE).table, open_starter())
    table = result_table(result)
    assert table.to_pylist() == rows_table(result_rows(result)).to_pylist()
    assert {"finding", "not_checked"} == set(table["kind"].to_pylist())
