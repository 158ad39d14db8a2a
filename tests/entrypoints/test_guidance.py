"""``trocar guidance`` as a command; what it says is tested in tests/lookup/test_guidance_map.py."""

from __future__ import annotations

import csv
import io

from .conftest import Run, json_lines


def test_three_formats_say_the_same(run: Run) -> None:
    """Each guidance code of 32408 in JSON, in a row of CSV, in text."""
    asked = "guidance 32408 --on 2024-08-15"
    cells = [one for one in json_lines(run(f"{asked} --format json")) if one["topic"] == "guidance_map"]
    rows = list(csv.DictReader(io.StringIO(run(f"{asked} --format csv").stdout)))
    text = run(asked).stdout
    assert [(row["guidance"], row["verdict"]) for row in rows] == [
        (cell["values"]["guidance"], cell["values"]["verdict"]) for cell in cells
    ]
    assert all(cell["says"] in text for cell in cells)
    # RVU21A is the first release with 32408; PTP2026Q3 the last table that decides.
    assert {(row["first"], row["last"]) for row in rows if row["guidance"] == "77012"} == {("2021-01-01", "2026-09-30")}
    assert "line 1033938" in text


def test_several_procedures_and_a_conflict(run: Run) -> None:
    """The nerve block names its conflicts; the liver biopsy stands beside it."""
    text = run("guidance 64415 47000 --on 2024-08-15").stdout
    assert "conflict included-and-listed" in text
    assert "47000  CT: separately reportable as 77012" in text


def test_a_day_without_edit_tables(run: Run) -> None:
    """47000 on 2025-11-03 rests on edits alone: exit code 3, also in CSV. 32408 includes by the own table: 0."""
    assert run("guidance 47000 --on 2025-11-03").exit_code == 3
    result = run("guidance 47000 --on 2025-11-03 --format csv")
    assert all(row["not_checked"] for row in csv.DictReader(io.StringIO(result.stdout)))
    assert run("guidance 32408 --on 2025-11-03").exit_code == 0


def test_the_hospital_has_its_own_table(run: Run) -> None:
    """ccioph-2024q3.txt is cited for hospital claims."""
    assert "ccioph-2024q3.txt" in run("guidance 32408 --on 2024-08-15 --setting hospital").stdout


def test_a_guidance_code_is_no_procedure(run: Run) -> None:
    """Exit code 2, and where to look instead."""
    result = run("guidance 77012 --on 2024-08-15")
    assert result.exit_code == 2
    assert "trocar code 77012" in result.stderr
