"""The findings table, built by columns, says what the JSON shapes say."""

from __future__ import annotations

from pathlib import Path

from trocar.claims.csv import read_claims_csv
from trocar.claims.model import claim_table
from trocar.engine.starter import open_starter
from trocar.scrub.check import CheckResult, check
from trocar.scrub.findings_table import FINDINGS_SCHEMA, result_rows, result_table, rows_table

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "claims.csv"


def test_columns_and_rows_say_the_same() -> None:
    """Every finding and everything not checked of the sample, in the same order, value by value."""
    result = check(read_claims_csv(SAMPLE).table, open_starter())
    table = result_table(result)
    assert table.to_pylist() == rows_table(result_rows(result)).to_pylist()
    assert {"finding", "not_checked"} == set(table["kind"].to_pylist())


def test_so_do_those_of_every_rule(examples_checked: CheckResult) -> None:
    """The examples of all rules: every kind of evidence, citation and assumption."""
    table = result_table(examples_checked)
    assert table.to_pylist() == rows_table(result_rows(examples_checked)).to_pylist()
    assert table["assumed"].null_count < table.num_rows


def test_nothing_to_say_is_an_empty_table() -> None:
    """No lines: no rows, and all the columns."""
    table = result_table(check(claim_table([]), open_starter()))
    assert (table.num_rows, table.schema) == (0, FINDINGS_SCHEMA)
