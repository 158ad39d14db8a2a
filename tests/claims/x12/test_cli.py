"""``trocar x12``: the annotated view, findings as JSON and CSV, exit codes, standard input, strict."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from trocar.claims.x12.snip.codes import GROUP, MODIFIER, PLACE, REASON, TAXONOMY, ZIP
from trocar.core.errors import TrocarError
from trocar.engine.starter import starter_store
from trocar.entrypoints.cli import app
from trocar.lookup.code_sets import StoreCodeSets
from trocar.reference.store import Store
from x12_files import changed, interchange, text_of


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A clean remittance."""
    path = tmp_path / "era.835"
    path.write_text(text_of(interchange("835")))
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A claim file whose charges do not add up."""
    path = tmp_path / "sent.837"
    path.write_text(text_of(changed(interchange("837P"), **{"*490.5*": "*490.6*"})))
    return path


def run(*words: object, text: str | None = None) -> Result:
    """The command on some words."""
    return CliRunner().invoke(app, ["x12", *(str(word) for word in words)], input=text)


def test_findings_stand_under_their_segment(wrong: Path) -> None:
    answer = run(wrong, "--types", "1,3")
    lines = answer.output.splitlines()
    at = next(number for number, line in enumerate(lines) if "CLM*A100" in line)
    assert lines[at].split()[:2] == ["21", "2300"]
    assert lines[at + 1].strip() == "!! error XS301 CLM02: CLM02 is 490.60, but the lines add up to 490.50"
    assert lines[-1] == "61 segments, 2 claims, 0 payments: 1 error"
    assert answer.exit_code == 1


def test_findings_only(wrong: Path) -> None:
    answer = run(wrong, "--types", "3", "--findings-only")
    assert [line.split()[0] for line in answer.output.splitlines()] == ["21", "!!", "Charge", "61"]


def test_json(wrong: Path) -> None:
    answer = run(wrong, "--types", "3", "--format", "json")
    finding, summary = (json.loads(line) for line in answer.output.splitlines())
    assert (finding["rule"], finding["segment"], finding["claim_id"]) == ("XS301", 21, "A100")
    assert summary["summary"]["findings"] == {"error": 1}
    assert summary["summary"]["segments"] == 61


def test_csv(wrong: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(wrong, "--types", "3", "--format", "csv").output)))
    assert [(row["rule"], row["segment"], row["element"]) for row in rows] == [("XS301", "21", "CLM02")]


def test_nothing_found(clean: Path) -> None:
    answer = run(clean, "--types", "1,2,3,4")
    assert answer.output.splitlines()[-1] == "47 segments, 3 claims, 1 payments: nothing found"
    assert answer.exit_code == 0


def test_standard_input(clean: Path) -> None:
    assert run("-", "--types", "1", text=clean.read_text()).exit_code == 0


@pytest.mark.parametrize("text", ["", "claim_id,hcpcs\nA,77002\n"])
def test_a_file_without_x12_is_not_clear(tmp_path: Path, text: str) -> None:
    path = tmp_path / "nothing.835"
    path.write_text(text)
    answer = run(path)
    assert answer.exit_code == 2
    assert "no X12 interchange was read" in answer.stderr


def test_codes_that_nothing_loaded_judges_are_not_checked(tmp_path: Path) -> None:
    path = tmp_path / "sent.837"
    path.write_text(text_of(interchange("837P")))
    answer = run(path, "--types", "5", "--format", "json")
    summary = json.loads(answer.output.splitlines()[-1])["summary"]
    # The starter pack has ZIPs of 2025Q4 alone; the claims are of February 2025.
    assert summary["not_checked"]["ZIP: no zip_locality release in the store covers the day"] == 2
    assert answer.exit_code == 3


def test_strict_stops_with_the_error(wrong: Path) -> None:
    answer = run(wrong, "--strict")
    assert isinstance(answer.exception, SystemExit | TrocarError)
    assert answer.exit_code != 0


def test_types_that_are_none(clean: Path) -> None:
    assert run(clean, "--types", "7").exit_code == 2


@pytest.mark.parametrize(
    ("kind", "code", "on", "held"),
    [
        (REASON, "45", "2024-04-15", True),
        (REASON, "ZZZ", "2024-04-15", False),
        # After the last day of the file a new code may have come: nobody knows.
        (REASON, "ZZZ", "2025-04-15", None),
        (GROUP, "CO", "2024-04-15", True),
        (GROUP, "XX", "2024-04-15", False),
        (TAXONOMY, "2085R0202X", "2025-02-03", True),
        (TAXONOMY, "2085R0209X", "2025-02-03", False),
        (TAXONOMY, "2085R0202X", "2019-02-03", None),
        (MODIFIER, "RT", "2025-02-03", True),
        (MODIFIER, "FX", "2017-01-01", True),
        (MODIFIER, "FX", "2016-12-31", False),
        (MODIFIER, "R", "2025-02-03", False),
        (MODIFIER, "ZZ", "2025-02-03", None),
        (PLACE, "11", "2025-02-03", True),
        (PLACE, "28", "2025-02-03", False),
        (ZIP, "74120", "2019-02-03", None),
    ],
)
def test_codes_by_the_starter_pack(kind: str, code: str, on: str, held: bool | None) -> None:
    verdict = StoreCodeSets(Store(starter_store())).judge(kind, code, date.fromisoformat(on))
    assert verdict.held is held
    assert (verdict.citations != ()) == (held is not None and kind not in (PLACE, MODIFIER))
