"""``trocar check`` and ``trocar demo``: verdicts, rows, exit codes, files."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trocar.entrypoints import findings_table
from trocar.scrub.findings_table import COLUMNS, FINDINGS_SCHEMA

from .conftest import Run, json_lines

REPOSITORY = Path(__file__).resolve().parents[2]
HEADER = "claim_id,line,service_date,hcpcs,modifiers,place_of_service,zip,diagnoses\n"
# 20610 lists as a primary of 77002, and 2024q3 has no edit between them: nothing to find.
CLEAR = f"{HEADER}C,1,2024-08-15,20610,RT,11,10001,M16.11\nC,2,2024-08-15,77002,,11,10001,M16.11\n"
# ccipra-2024q3.txt line 2205276: 77301/77014, indicator 0.
DENIED = f"{HEADER}D,1,2024-08-15,77301,26,22,60601,C61\nD,2,2024-08-15,77014,26 59,22,60601,C61\n"
# No NCCI table of 2025Q4 is held: the pair can't be checked.
UNCOVERED = f"{HEADER}U,1,2025-11-03,20610,RT,11,10001,M16.11\nU,2,2025-11-03,77002,,11,10001,M16.11\n"
UNREADABLE = f"{HEADER}R,1,2024-08-15,20610,RT,11,10001,M16.11\nR,2,2024-08-15,7702,,11,10001,M16.11\n"


@pytest.mark.parametrize(
    ("claims", "code", "verdict"),
    [(CLEAR, 0, "Ready"), (DENIED, 1, "Fix "), (UNCOVERED, 3, "not checked"), (UNREADABLE, 3, "1 not checked")],
    ids=["clear", "findings", "not checked", "unreadable row"],
)
def test_the_exit_code_says_the_answer(run: Run, claims: str, code: int, verdict: str) -> None:
    """0 clear, 1 findings, 3 not checked and nothing found; the text gives the claim its verdict."""
    result = run("check -", input=claims)
    assert result.exit_code == code, result.output
    assert verdict in result.stdout.splitlines()[0]


def test_the_rows_are_json_lines(run: Run) -> None:
    """Findings and what was not checked, one object per line, and the summary last."""
    *rows, last = json_lines(run("check - --format json", input=DENIED))
    finding = next(row for row in rows if row.get("rule") == "NC001")
    assert (finding["claim_id"], finding["line"], finding["severity"], finding["carc"]) == ("D", 2, "deny", "236")
    assert [citation["line"] for citation in finding["citations"]] == [2205276]
    assert isinstance(finding["amount_at_risk"], str)
    assert last["summary"]["rows_read"] == last["summary"]["lines"] == 2


def test_every_row_read_is_checked_or_not_readable(run: Run) -> None:
    """The unreadable row is among the not checked, with its cell, and the summary counts both kinds."""
    *rows, last = json_lines(run("check - --format json", input=UNREADABLE))
    (unread,) = [row for row in rows if row.get("needs") == "readable input"]
    assert (unread["claim_id"], unread["line"], unread["where"]) == ("R", 2, "standard input D3")
    summary = last["summary"]
    assert (summary["rows_read"], summary["lines"], summary["rows_not_readable"]) == (2, 1, 1)


def test_strict_stops_at_the_first_bad_row(run: Run) -> None:
    """With --strict the bad cell is an error of the file."""
    result = run("check - --strict", input=UNREADABLE)
    assert result.exit_code == 2
    assert "where: standard input D3" in result.stderr


def test_findings_come_by_money(run: Run) -> None:
    """Within a claim the finding with most at risk comes first."""
    lines = run("demo").stdout.splitlines()
    amounts: list[Decimal] = []
    for line in lines:
        if line.strip().startswith("at risk"):
            amounts.append(Decimal(line.split()[2]))
        elif not line:
            assert amounts == sorted(amounts, reverse=True)
            amounts = []


@pytest.mark.parametrize("suffix", ["parquet", "json", "csv"])
def test_the_rows_go_to_a_file(run: Run, tmp_path: Path, suffix: str) -> None:
    """-o writes every row that is printed, and leaves nothing else behind."""
    target = tmp_path / f"findings.{suffix}"
    printed = json_lines(run(f"check - --format json -o {target}", input=DENIED))[:-1]
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    if suffix == "parquet":
        written = pq.read_table(target).to_pylist()
        assert written[0]["amount_at_risk"] == Decimal(printed[0]["amount_at_risk"])
        assert json.loads(written[0]["evidence"]) == printed[0]["evidence"]
        assert pq.read_schema(target).equals(FINDINGS_SCHEMA)
    elif suffix == "json":
        written = [json.loads(line) for line in target.read_text("utf-8").splitlines()][:-1]
        assert written == printed
    else:
        written = list(csv.DictReader(io.StringIO(target.read_text("utf-8"))))
    assert [row["rule"] or None for row in written] == [row.get("rule") for row in printed]


def test_a_failed_write_leaves_the_old_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing breaks off, the file of the last run is still whole, and no half file stands beside it."""
    target = tmp_path / "findings.csv"
    target.write_text("old", "utf-8")

    def broken(*_: object) -> str:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(findings_table, "csv_text", broken)
    assert run(f"check - -o {target}", input=DENIED).exit_code == 2
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_the_columns_of_the_table_are_documented() -> None:
    """Every column stands in docs/formats/findings.md, in order."""
    page = (REPOSITORY / "docs" / "formats" / "findings.md").read_text("utf-8")
    documented = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert tuple(documented) == COLUMNS


def test_files_given_together_are_one_book(run: Run, tmp_path: Path) -> None:
    """The primary in one file and its guidance in another are one claim: the guidance is not alone."""
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(f"{HEADER}C,1,2024-08-15,20610,RT,11,10001,M16.11\n", "utf-8")
    two.write_text(f"{HEADER}C,2,2024-08-15,77002,,11,10001,M16.11\n", "utf-8")
    *rows, last = json_lines(run(f"check {one} {two} --format json"))
    assert "GD001" not in [row.get("rule") for row in rows]
    assert (last["summary"]["claims"], last["summary"]["lines"]) == (1, 2)


def test_a_line_given_in_two_files_is_not_readable_twice(run: Run, tmp_path: Path) -> None:
    """The later one is a row that can't be read, and the answer names both places."""
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(CLEAR, "utf-8")
    two.write_text(CLEAR.rpartition("C,1")[0] + "C,1,2024-08-15,20611,RT,11,10001,M16.11\n", "utf-8")
    *rows, last = json_lines(run(f"check {one} {two} --format json"))
    (unread,) = [row for row in rows if row.get("needs") == "readable input"]
    assert (unread["where"], unread["line"]) == ("two.csv row 2", 1)
    assert "line 1 of claim C stands at one.csv row 2 already" in unread["not_checked"]
    assert (last["summary"]["rows_read"], last["summary"]["lines"]) == (3, 2)


def test_rows_without_claims_are_claims_of_their_file(run: Run, tmp_path: Path) -> None:
    """Two files without claim ids: row 2 of one is not row 2 of the other."""
    for name in ("one.csv", "two.csv"):
        text = "service_date,hcpcs,place_of_service\n2024-08-15,20610,11\n"
        (tmp_path / name).write_text(text, "utf-8")
    *_, last = json_lines(run(f"check {tmp_path / 'one.csv'} {tmp_path / 'two.csv'} --format json"))
    assert (last["summary"]["claims"], last["summary"]["rows_not_readable"]) == (2, 0)


def test_a_pinned_release_confesses_itself(run: Run) -> None:
    """A release used outside its own days is named in the summary."""
    *_, last = json_lines(run("check - --format json --pin ncci_ptp=PTP2024Q3", input=UNCOVERED))
    assert any("PTP2024Q3" in note and "pinned" in note for note in last["summary"]["notes"])


def test_the_demo_checks_the_example_claims(run: Run) -> None:
    """The packaged sample is examples/claims.csv to the byte, and the demo finds what is wrong in it."""
    packaged = resources.files("trocar").joinpath("data", "sample", "claims.csv").read_bytes()
    assert packaged == (REPOSITORY / "examples" / "claims.csv").read_bytes()
    result = run("demo --format json")
    *rows, last = json_lines(result)
    assert result.exit_code == 1
    # 28 claims in 52 rows, of which D50 ('7702') can't be read (examples/README.md).
    assert (last["summary"]["rows_read"], last["summary"]["claims"]) == (52, 28)
    assert [row["where"] for row in rows if "where" in row] == ["claims.csv D50"]
