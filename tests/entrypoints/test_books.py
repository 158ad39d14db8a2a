"""Large books on the command line: the same answers in the same files as a small one."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from trocar.entrypoints import claims_input

from .conftest import Run, json_lines

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "claims.csv"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Ten rows are a large book."""
    monkeypatch.setattr(claims_input, "FEW_ROWS", 10)
    return monkeypatch


def content(path: Path) -> list[str]:
    """The rows of a file in an order of their own."""
    rows: list[dict[str, Any]]
    if path.suffix == ".parquet":
        rows = pq.read_table(path).to_pylist()
    elif path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        for row in rows:
            row["evidence"] = row.get("evidence") and json.loads(row["evidence"])
    else:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        # The order of tables in a summary is not part of it; rows of either path leave out what is not there.
        rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json", "ndjson"])
def test_a_large_book_gives_the_same_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """The sample with its unreadable row, in memory and out of core: the same rows, summary and exit code."""
    small = run(f"check {SAMPLE} -o {tmp_path / f'small.{suffix}'} --format json")
    monkeypatch.setattr(claims_input, "FEW_ROWS", 10)
    result = run(f"check {SAMPLE} -o {tmp_path / f'large.{suffix}'} --format json -j 1")
    assert content(tmp_path / f"large.{suffix}") == content(tmp_path / f"small.{suffix}")
    assert json_lines(result) == json_lines(small)[-1:]
    assert (result.exit_code, result.stderr) == (small.exit_code, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"large.{suffix}", f"small.{suffix}"]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json"])
def test_prices_of_a_large_book(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    """The same prices, each with the place of its line in the input."""
    small = run(f"price --file {SAMPLE} -o {tmp_path / f'small.{suffix}'} --format json")
    monkeypatch.setattr(claims_input, "FEW_ROWS", 10)
    result = run(f"price --file {SAMPLE} -o {tmp_path / f'large.{suffix}'} --format json -j 1")
    assert json_lines(result) == json_lines(small)
    assert result.exit_code == small.exit_code == 3
    assert content(tmp_path / f"large.{suffix}") == content(tmp_path / f"small.{suffix}")


def test_text_shows_the_summary_alone(run: Run, tmp_path: Path, large: pytest.MonkeyPatch) -> None:
    """28 claims are not printed one by one; the counts are."""
    lines = run(f"check {SAMPLE} -o {tmp_path / 'findings.csv'} -j 1").stdout.splitlines()
    assert lines[0] == "52 rows read: 51 lines of 28 claims, 1 row not readable"


def test_the_output_needs_a_file(run: Run) -> None:
    """-o without --file has nothing to write a table of."""
    result = run("price 77002 -o prices.parquet")
    assert result.exit_code == 2
    assert "-o goes with --file" in result.stderr


def test_a_summary_of_findings(run: Run, tmp_path: Path) -> None:
    """Text, JSON and CSV say the same figures; the claims make shares of all lines."""
    findings = tmp_path / "findings.parquet"
    run(f"check {SAMPLE} -o {findings}")
    rows = json_lines(run(f"summary {findings} --by code --format json --claims {SAMPLE}"))
    table = list(
        csv.DictReader(io.StringIO(run(f"summary {findings} --by code --format csv --claims {SAMPLE}").stdout))
    )
    assert [{name: str(value) for name, value in row.items()} for row in rows] == table
    assert rows[-1]["name"] == "all"
    assert rows[-1]["share_of_lines"].endswith(f"({rows[-1]['lines']} of 51)")
    text = run(f"summary {findings} --by code --by month").stdout
    assert text.startswith("code ")
    assert "\nmonth " in text


@pytest.mark.parametrize("suffix", ["xlsx", "html", "csv"])
def test_a_report_is_written(run: Run, tmp_path: Path, suffix: str) -> None:
    """All five groupings go into a file."""
    run(f"check {SAMPLE} -o {tmp_path / 'findings.csv'}")
    result = run(f"summary {tmp_path / 'findings.csv'} -o {tmp_path / f'report.{suffix}'}")
    assert result.exit_code == 0
    assert (tmp_path / f"report.{suffix}").stat().st_size > 1000


def test_a_summary_by_something_else_is_refused(run: Run, tmp_path: Path) -> None:
    """The error names what can be grouped by."""
    result = run(f"summary {tmp_path / 'findings.csv'} --by weather")
    assert result.exit_code == 2
    assert "rule, code, payer, month, provider" in result.stderr
