"""``trocar data``: build, status, verify."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from .conftest import Run, json_lines


def test_the_status_of_the_starter_pack(run: Run) -> None:
    """Every release with its days and rows, gaps marked: no fee schedule of 2024Q4 is held."""
    rows = json_lines(run("data status --format json"))
    october = next(row for row in rows if row["release"] == "RVU25D" and row["table"] == "schedule")
    assert (october["first"], october["last"]) == ("2025-10-01", "2025-12-31")
    gaps = [row["release"] for row in rows if row["gap"] and row["table"] == "schedule"]
    assert "no release for 2024Q4" in gaps
    text = run("data status").stdout
    assert text.startswith("the embedded starter pack: ")
    assert "GAP" in text


def test_nothing_to_verify_is_not_a_pass(run: Run) -> None:
    """The starter pack holds no OPPSCAP amounts: not checked, exit code 3."""
    result = run("data verify --format json")
    assert result.exit_code == 3
    assert json_lines(result)[0]["needs"] == "opps_cap"


@pytest.mark.full_data
def test_every_published_cap_reproduces_or_is_explained(run: Run, full_store: Path) -> None:
    """RVU25D exact; RVU24C none (computed with the conversion factor of before 2024-03-09), and the file says so."""
    result = run(f"data verify --format json --store {full_store}")
    reports = {report["release"]: report for report in json_lines(result)}
    assert result.exit_code == 0
    assert reports["RVU25D"]["mismatched"] == 0
    assert reports["RVU24C"]["exact"] == 0
    assert "32.7442" in reports["RVU24C"]["explanation"]
    assert all(report["explanation"] for report in reports.values() if report["mismatched"])


@pytest.mark.full_data
def test_a_store_is_built_and_answers(
    run: Run, cms_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the licence accepted, on the day of the clock, one release builds into a store that prices."""
    monkeypatch.setattr("trocar.entrypoints.cli_data.today", lambda: date(2026, 1, 2))
    store = tmp_path / "store"
    built = run(f"data build {cms_files / 'rvu25d'} -o {store} --accept-ama-license")
    assert built.exit_code == 0, built.output
    assert json.loads((store / "licence.json").read_text("utf-8"))["accepted_on"] == "2026-01-02"
    priced = run(f"price 77002-26 --on 2025-11-03 --national --pos 22 --store {store} --format json")
    # 0.79 x 32.3465 = 25.5537 -> 25.55
    assert json_lines(priced)[0]["allowed"] == "25.55"
    assert "AMA licence accepted on 2026-01-02" in run(f"data status --store {store}").stdout
