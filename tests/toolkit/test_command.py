"""``trocar toolkit``: a file written, exit codes, and letters from findings and from claims."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from typer.testing import CliRunner, Result

from trocar.entrypoints.cli import app

from .conftest import text_of

Run: TypeAlias = Callable[..., Result]
CLAIMS = """\
claim_id,line,service_date,hcpcs,units,place_of_service,locality,patient_id,rendering_npi
A,1,2024-08-15,20610,1,11,NATIONAL,PATIENT-7,1234567893
A,2,2024-08-15,76942,1,11,NATIONAL,PATIENT-7,1234567893
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """``run("toolkit 77002")`` in a folder of its own, on the starter pack."""
    monkeypatch.delenv("TROCAR_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("claims.csv").write_text(CLAIMS)
    return lambda line: CliRunner().invoke(app, line.split())


def test_a_toolkit(run: Run) -> None:
    """The file, and a line that says what it is; the place is in it."""
    result = run("toolkit 77002 77012 --on 2025-11-03 --locality 13202-01 -o kit.pdf")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("kit.pdf: Revenue Protection Toolkit, 77002 and 77012 on 2025-11-03")
    text = text_of(Path("kit.pdf").read_bytes())
    assert "locality 13202-01" in text
    assert "$110.30" not in text  # that is the national amount


def test_without_a_date_today_is_said(run: Run) -> None:
    """On standard error, as every command does."""
    result = run("toolkit 77002 -o kit.pdf")
    assert "--on not given" in result.stderr


def test_a_day_that_nothing_covers(run: Run) -> None:
    """Exit code 3, and a PDF that says what is missing."""
    assert run("toolkit 77002 --on 2030-01-02 -o kit.pdf").exit_code == 3
    assert "No physician fee schedule release in the store covers 2030-01-02." in text_of(Path("kit.pdf").read_bytes())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("toolkit 7700 --on 2025-11-03", "is not a HCPCS code"),
        ("toolkit --on 2025-11-03", "no code was given"),
        ("toolkit 77002 --on 2025-13-03", "2025-13-03"),
        ("toolkit --appeal claims.csv --claim A", "an appeal is of one line of one claim"),
        ("toolkit 77002 --appeal claims.csv --claim A --line 2", "an appeal takes no codes"),
        ("toolkit --appeal claims.csv --claim A --line 9", "the line has no finding"),
        ("toolkit --appeal none.csv --claim A --line 2", "none.csv"),
    ],
)
def test_usage_errors(run: Run, line: str, why: str) -> None:
    """Exit code 2 and no file."""
    result = run(f"{line} -o kit.pdf")
    assert result.exit_code == 2
    assert why in result.stderr
    assert not Path("kit.pdf").exists()


def test_a_letter_from_claims(run: Run) -> None:
    """Checked first; code and date come from the line, patient and provider never."""
    result = run("toolkit --appeal claims.csv --claim A --line 2 -o letter.pdf")
    assert result.exit_code == 0, result.output
    text = text_of(Path("letter.pdf").read_bytes())
    assert "76942 is column 2 of the NCCI edit 20610/76942" in text
    assert "76942 on 2024-08-15" in text
    assert "421629" in text
    assert "PATIENT-7" not in text
    assert "1234567893" not in text


def test_a_letter_from_findings(run: Run) -> None:
    """The lines that ``trocar check --format json`` printed; the date is what the user says."""
    Path("findings.json").write_text(run("check claims.csv --format json").stdout)
    result = run("toolkit --appeal findings.json --claim A --line 2 --on 2024-08-15 -o letter.pdf")
    assert result.exit_code == 0, result.output
    text = text_of(Path("letter.pdf").read_bytes())
    assert "[procedure code] on 2024-08-15" in text
    assert "421629" in text


def test_a_letter_from_the_desk_export(run: Run) -> None:
    """One object that holds the findings."""
    rows = [json.loads(line) for line in run("check claims.csv --format json").stdout.splitlines()]
    whole = {"findings": [row for row in rows if "rule" in row], "not_checked": [], "lines": []}
    Path("desk.json").write_text(json.dumps(whole, indent=1))
    assert run("toolkit --appeal desk.json --claim A --line 2 -o letter.pdf").exit_code == 0


def test_claims_as_json_lines_are_claims(run: Run) -> None:
    """Told from findings by their keys."""
    heads, *rows = [row.split(",") for row in CLAIMS.splitlines()]
    Path("claims.ndjson").write_text("\n".join(json.dumps(dict(zip(heads, row, strict=True))) for row in rows))
    result = run("toolkit --appeal claims.ndjson --claim A --line 2 -o letter.pdf")
    assert result.exit_code == 0, result.output
    assert "76942 on 2024-08-15" in text_of(Path("letter.pdf").read_bytes())
