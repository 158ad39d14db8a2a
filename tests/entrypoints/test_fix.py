"""``trocar fix`` on the command line, and the settings that ``check`` and ``fix`` follow."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from trocar.entrypoints import claims_input

from .conftest import Run, json_lines

HEADER = "claim_id,line,service_date,hcpcs,modifiers,units,charge,place_of_service,locality,payer\n"
# ccipra-2024q3 line 421629: 20610/76942, indicator 1.
EDIT = f"{HEADER}E,1,2024-08-15,20610,RT,1,180.00,11,NATIONAL,Blue\nE,2,2024-08-15,76942,,1,160.00,11,NATIONAL,Blue\n"
CLEAR = f"{HEADER}C,1,2024-08-15,20610,RT,1,180.00,11,NATIONAL,Blue\n"
# 77002 is a type 1 add-on; no primary is on the claim.
ALONE = f"{HEADER}A,1,2024-08-15,77002,26,1,90.00,22,NATIONAL,Blue\n"
UNREADABLE = f"{CLEAR}C,2,2024-08-15,7700,26,1,90.00,22,NATIONAL,Blue\n"
SUPPRESS = '[[suppress]]\nrule = "NC002"\npayer = "Blue"\nreason = "agreed in writing"\nuntil = 2024-12-31\n'


@pytest.mark.parametrize(
    ("claims", "code"), [(CLEAR, 0), (EDIT, 0), (ALONE, 1), (UNREADABLE, 3)],
    ids=["clear", "repaired", "open", "unreadable row"],
)  # fmt: skip
def test_the_exit_code_says_what_is_left(run: Run, claims: str, code: int) -> None:
    """0 clear or repaired, 1 something to decide, 3 something not checked."""
    assert run("fix -", input=claims).exit_code == code


def test_the_repaired_claims_check_clear(run: Run, tmp_path: Path) -> None:
    """The CSV is a claim CSV with reasons: the line stays at no charge, and nothing is denied any more."""
    path = tmp_path / "repaired.csv"
    assert run(f"fix - -o {path} --format csv", input=EDIT).stdout == ""
    first, second = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    assert (first["charge"], first["not_billed"], first["reasons"]) == ("180.00", "", "")
    assert (second["charge"], second["not_billed"]) == ("0.00", "yes")
    assert second["reasons"].startswith("not-billed (NC002): ")
    *rows, last = json_lines(run(f"check {path} --format json"))
    assert not [row for row in rows if row.get("severity") == "deny"]
    assert last["summary"]["price_status"] == {"priced": 1, "not_billed": 1}
    assert run("fix - --format csv", input=EDIT).stdout == path.read_text("utf-8")


def test_one_object_per_claim(run: Run) -> None:
    """The shape of a repaired and of an open claim."""
    repaired, open_ = json_lines(run("fix - --format json", input=EDIT + ALONE.removeprefix(HEADER)))
    assert (repaired["verdict"], open_["verdict"]) == ("repaired", "open")
    (step,) = repaired["steps"]
    assert step["clears"] == [{"line": 2, "rule": "NC002"}]
    assert {(edit["field"], edit["before"], edit["after"]) for edit in step["edits"]} == {
        ("not_billed", "", "yes"),
        ("charge", "160.00", "0.00"),
    }
    assert [option["edits"][0]["after"] for option in repaired["options"]] == ["20611", "XS", "XE", "XP", "XU"]
    assert all(option["fact"] for option in repaired["options"])
    (undecided,) = open_["undecided"]
    assert (undecided["rule"], undecided["line"]) == ("GD001", 1)
    assert "20610" not in undecided["decide"] or "primary" in undecided["decide"]


def test_a_target_that_is_no_csv(run: Run) -> None:
    """Repaired claims are written as a CSV, or not at all."""
    result = run("fix - -o repaired.parquet", input=EDIT)
    assert (result.exit_code, "a CSV" in result.stderr) == (2, True)


@pytest.mark.parametrize("place", ["working folder", "--config"])
def test_the_settings_are_found(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """``trocar.toml`` where one works, or the file named; what it took is in every format, and in ``fix``."""
    config = tmp_path / ("trocar.toml" if place == "working folder" else "other.toml")
    config.write_text(SUPPRESS, "utf-8")
    monkeypatch.chdir(tmp_path)
    more = "" if place == "working folder" else f" --config {config}"
    text = run(f"check -{more}", input=EDIT).stdout
    assert "1 suppressed" in text
    assert "suppressed: 1 findings silenced, 0 lowered" in text
    assert "suppressed: 1 findings" in run(f"check - --format csv{more}", input=EDIT).stderr
    *rows, last = json_lines(run(f"check - --format json{more}", input=EDIT))
    assert "NC002" not in {row.get("rule") for row in rows}
    assert last["summary"]["suppressed"]["silenced"] == 1
    assert "suppression unused: NC002" in run(f"check -{more}", input=CLEAR).stdout
    late = EDIT.replace("2024-08-15", "2026-07-15")
    assert "suppression ended 2024-12-31" in run(f"check -{more}", input=late).stdout
    (fixed,) = json_lines(run(f"fix - --format json{more}", input=EDIT))
    assert fixed["verdict"] == "clear"


def test_a_large_book_suppresses_alike(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of core, in two processes and many parts: the same summary as in memory, rules and suppressions alike."""
    config, book = tmp_path / "trocar.toml", tmp_path / "book.csv"
    config.write_text(SUPPRESS, "utf-8")
    rows = "".join(EDIT.removeprefix(HEADER).replace("E,", f"E{number},") for number in range(12))
    book.write_text(HEADER + rows, "utf-8")
    small = run(f"check {book} --config {config} -o {tmp_path / 'small.json'} --format json")
    monkeypatch.setattr(claims_input, "FEW_ROWS", 10)
    large = run(f"check {book} --config {config} -o {tmp_path / 'large.json'} --format json -j 2")
    assert json_lines(large) == json_lines(small)[-1:]
    summary = json_lines(large)[-1]["summary"]
    assert summary["suppressed"]["silenced"] == 12
    assert summary["rules"]["NC002"] == {"found": 0, "clear": 12, "not_checked": 0, "suppressed": 12}
    assert json.loads((tmp_path / "large.json").read_text("utf-8").splitlines()[-1])["summary"] == summary


@pytest.mark.parametrize("text", ["", "nonsense = 1\n" + SUPPRESS], ids=["no file", "unknown key"])
def test_settings_that_are_none(run: Run, tmp_path: Path, text: str) -> None:
    """A file that is not there, and a key that nothing knows: nothing is checked under half-read settings."""
    path = tmp_path / "settings.toml"
    if text:
        path.write_text(text, "utf-8")
    assert run(f"check - --config {path}", input=EDIT).exit_code == 2


def test_a_cluster_refuses_suppressions(run: Run, tmp_path: Path) -> None:
    """Only findings come back from a cluster: what is silenced could not be counted, so it does not begin."""
    path = tmp_path / "trocar.toml"
    path.write_text(SUPPRESS, "utf-8")
    result = run(f"check claims.parquet -o out.parquet --engine spark --master local --config {path}")
    assert (result.exit_code, "suppress[0]" in result.stderr) == (2, True)
