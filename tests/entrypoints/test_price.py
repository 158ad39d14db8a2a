"""``trocar price``: amounts worked by hand from PPRRVU2025_Oct.csv and GPCI2025.csv."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from .conftest import Run, json_lines

# PPRRVU2025_Oct.csv line 8752: 77002-26 work 0.54, facility PE 0.22, MP 0.03; CF 32.3465.
# GPCI2025.csv line 78: 13202-01 work 1.065, PE 1.166, MP 1.656.
# (0.54 x 1.065 + 0.22 x 1.166 + 0.03 x 1.656) x 32.3465 = (0.5751 + 0.25652 + 0.04968) x 32.3465
# = 0.8813 x 32.3465 = 28.50697 -> 28.51
MANHATTAN = "28.51"
LINE = "price 77002-26 --on 2025-11-03 --pos 22"
ROWS = """claim_id,line,service_date,hcpcs,modifiers,place_of_service,locality
B,1,2025-11-03,77002,26,22,13202-01
A,1,2025-11-03,7702,,22,13202-01
A,2,2025-11-03,77002,,22,13202-01
"""


@pytest.mark.parametrize("place", ["--zip 10001", "--locality 13202-01"])
def test_the_amount_of_a_line(run: Run, place: str) -> None:
    """ZIP 10001 lies in 13202-01: both ways of naming the place give the amount worked by hand."""
    result = run(f"{LINE} {place} --format json")
    assert result.exit_code == 0
    (answer,) = json_lines(result)
    assert (answer["status"], answer["allowed"]) == ("priced", MANHATTAN)
    assert [citation["line"] for citation in answer["citations"]][:2] == [8752, 78]


def test_the_national_amount(run: Run) -> None:
    """All indices 1: 0.79 x 32.3465 = 25.5537 -> 25.55, and no assumption about the place."""
    (answer,) = json_lines(run(f"{LINE} --national --format json"))
    assert answer["allowed"] == "25.55"
    assert not any("NATIONAL" in text for text in answer["assumed"])


def test_a_place_left_out_confesses_itself(run: Run) -> None:
    """Without a place the national amount stands in, and the answer says so."""
    (answer,) = json_lines(run(f"{LINE} --format json"))
    assert answer["allowed"] == "25.55"
    assert any("NATIONAL" in text for text in answer["assumed"])


def test_the_explanation_shows_the_numbers_and_the_source(run: Run) -> None:
    """The tree has the formula with its RVUs, indices and conversion factor, and the file's line."""
    text = run(f"{LINE} --zip 10001 --explain").stdout
    assert "work 0.54 x 1.065 + practice expense 0.22 x 1.166 + malpractice 0.03 x 1.656) x 32.3465" in text
    assert "RVU25D · PPRRVU2025_Oct.csv · line 8752 · sha256 8af460f3…" in text
    assert f"{MANHATTAN} allowed" in text


def test_options_reach_the_line(run: Run) -> None:
    """Nonparticipating: 95% of 25.55 = 24.2725 -> 24.27, limiting charge 25.55 x 1.0925 = 27.913 -> 27.91."""
    (answer,) = json_lines(run(f"{LINE} --national --nonparticipating --deductible 0 --units 1 --format json"))
    assert (answer["allowed"], answer["limiting_charge"]) == ("24.27", "27.91")
    assert answer["assumed"] == ["setting missing: practitioner"]


def test_today_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --on the day of the clock is used, and standard error says which."""
    monkeypatch.setattr("trocar.entrypoints.options.today", lambda: date(2025, 11, 3))
    result = run("price 77002-26 --national --pos 22")
    assert result.stderr == "--on not given: 2025-11-03 used\n"
    assert "25.55 allowed" in result.stdout


def test_a_day_no_release_covers_is_not_checked(run: Run) -> None:
    """2019-12-31 is the day before the first release held: not checked, exit code 3; the day after is priced."""
    before = run("price 77002-26 --on 2019-12-31 --pos 22 --national --format json")
    assert before.exit_code == 3
    assert json_lines(before)[0]["status"] == "not_checked"
    assert run("price 77002-26 --on 2020-01-01 --pos 22 --national").exit_code == 0


def test_a_missing_place_of_service_is_never_guessed(run: Run) -> None:
    """Without --pos the line is not priced, and the answer says why."""
    result = run("price 77002-26 --on 2025-11-03 --national")
    assert result.exit_code == 3
    assert "place of service is missing" in result.stdout


def test_a_file_is_priced_in_its_order(run: Run) -> None:
    """One object per row in input order; a row that can't be read keeps its place and names its cell."""
    result = run("price --format json --file -", input=ROWS)
    answers = json_lines(result)
    assert [(answer["claim_id"], answer["line"], answer["status"]) for answer in answers] == [
        ("B", 1, "priced"),
        ("A", 1, "not_checked"),
        ("A", 2, "not_payable"),
    ]
    assert answers[0]["allowed"] == MANHATTAN
    assert answers[1]["where"] == "standard input D3"
    assert result.exit_code == 3


def test_prices_as_csv(run: Run, tmp_path: Path) -> None:
    """The same answers under one header."""
    (tmp_path / "lines.csv").write_text(ROWS, "utf-8")
    result = run(f"price --format csv --file {tmp_path / 'lines.csv'}")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["allowed"] for row in rows] == [MANHATTAN, "", ""]
    assert rows[0]["citations"].startswith("RVU25D · PPRRVU2025_Oct.csv · line 8752")
