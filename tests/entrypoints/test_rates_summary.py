"""``trocar rates summary``, ``position`` and ``providers``: what they print, and what they refuse."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from rates_files import WriteFile

from .conftest import Run, json_lines

SIX = [
    {"rate": str(amount), "provider_group_ids": [str(at)]} for at, amount in enumerate((60, 70, 80, 90, 100, 110), 1)
]
ASKED = "rates summary 77012-26 --on 2025-11-03 --locality 12302-01"


@pytest.fixture
def folder(write_file: WriteFile) -> str:
    """Six comparable rates and a placeholder."""
    return str(write_file("f1", [*SIX, {**SIX[0], "rate": "0.01"}]))


def test_text_has_percentiles_funnel_flags_and_files(run: Run, folder: str) -> None:
    """80 is the median, 1.15 times 69.61; 7 published, 6 compared."""
    result = run(f"{ASKED} --rates", folder)
    words = result.stdout
    assert result.exit_code == 0
    assert "60.00  70.00  80.00  100.00  110.00  69.61     1.15" in words
    assert "6  zero or a cent: stands for none (1 taken out)" in words
    assert "flag placeholder_amount: 1 of 7" in words
    assert "file f1: f1.json" in words


def test_json_and_csv_say_the_same(run: Run, folder: str) -> None:
    """One object a benchmark, then the summary; the same rows as CSV."""
    entry, beside = json_lines(run(f"{ASKED} --format json --rates", folder))
    assert entry["percentiles"]["p50"]["where"] == {"file_id": "f1", "offset": 1002, "ordinal": 0}
    assert beside["summary"]["funnel"][-1]["left"] == 6
    (row,) = csv.DictReader(io.StringIO(run(f"{ASKED} --format csv --rates", folder).stdout))
    assert (row["payer"], row["p50"], row["providers"]) == ("Aetna", "80.00", "6")


def test_rows_lists_every_rate(run: Run, folder: str) -> None:
    """Seven, one of them not compared, with its reason."""
    rows = list(csv.DictReader(io.StringIO(run(f"{ASKED} --rows --format csv --rates", folder).stdout)))
    assert [row["compared"] for row in rows] == ["True"] * 6 + ["False"]
    assert rows[-1]["flags"].startswith("placeholder_amount; medicare_ratio: 0.0100 beside")


def test_position(run: Run, folder: str, tmp_path: Path) -> None:
    """A fee of 75.00: two of six at or below; (80 - 75) x 100 units = 500.00 a year."""
    (tmp_path / "contracts.toml").write_text('[[contract]]\nname = "A"\npayer = "A"\nfees = "fees.csv"\n', "utf-8")
    (tmp_path / "fees.csv").write_text("hcpcs,amount,modifier\n77012,75.00,26\n", "utf-8")
    (tmp_path / "volumes.csv").write_text("hcpcs,units,modifier,place_of_service\n77012,100,26,22\n", "utf-8")
    files = [str(tmp_path / "contracts.toml"), "--volumes", str(tmp_path / "volumes.csv"), "--rates", folder]
    (shape,) = json_lines(run("rates position --on 2025-11-03 --national --format json", *files))
    assert (shape["own"], shape["share_at_or_below"], shape["to_median"]) == ("75.00", 33, "500.00")
    # The same from claims: 3 units and a line that does not say, 4 x 5 = 20.00.
    lines = "claim_id,line,service_date,hcpcs,modifiers,place_of_service,units\nC1,1,2025-11-03,77012,26,22,3\n"
    (tmp_path / "claims.csv").write_text(lines + "C2,1,2025-11-03,77012,26,22,\n", "utf-8")
    files[1:3] = ["--claims", str(tmp_path / "claims.csv")]
    (shape,) = json_lines(run("rates position --on 2025-11-03 --national --format json", *files))
    assert (shape["units"], shape["to_median"]) == (4, "20.00")


def test_compact_says_what_it_did(run: Run, folder: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One file of 7 rates, then none; the summary of the set is that of the folder; a bad size is refused."""
    target = str(tmp_path_factory.mktemp("sets") / "set")
    (first,) = json_lines(run("rates compact --format json", folder, "-o", target))
    assert first == {"added": 1, "replaced": 0, "kept": 0, "rates": 7, "partitions": 1, "written": 1}
    again = run("rates compact", folder, "-o", target)
    assert "0 files added, 0 replaced, 1 there already; 7 rates in 1 partitions, 0 written" in again.stdout
    assert run(f"{ASKED} --rates", target).stdout == run(f"{ASKED} --rates", folder).stdout
    refused = run("rates compact --memory much", folder, "-o", target)
    assert (refused.exit_code, "is not a size" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rates summary 77012-59 --on 2025-11-03", "59 is no component"),
        ("rates summary 77012 --state Maryland --on 2025-11-03", "is no state"),
        ("rates summary 77012 --amount dollars --on 2025-11-03", "is no kind of amount"),
        ("rates summary 77012 --rates /nowhere --on 2025-11-03", "there are no extracted rates"),
        ("rates providers", "no file was given"),
        ("rates position x.toml", "own volumes are asked for"),
    ],
)
def test_what_is_refused(run: Run, line: str, says: str) -> None:
    """Usage errors exit with 2 and say what to do."""
    result = run(line)
    assert result.exit_code == 2
    assert says in result.stderr
