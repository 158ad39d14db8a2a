"""The evidence of the parameter tables: every proof they claim is looked up in the publishers' own files."""

from __future__ import annotations

import csv
import datetime
import io
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import trocar

Table = dict[str, Any]
Pairs = dict[tuple[str, str], int]

PACKAGE = Path(trocar.__file__).parent

# First day of each fee schedule release held.
RELEASES = {
    "rvu20a": "2020-01-01", "rvu20b": "2020-04-01", "rvu20c": "2020-07-01", "rvu20d": "2020-10-01",
    "rvu21a": "2021-01-01", "rvu21b": "2021-04-01", "rvu21c": "2021-07-01", "rvu21d": "2021-10-01",
    "rvu22a": "2022-01-01", "rvu22b": "2022-04-01", "rvu22c": "2022-07-01", "rvu22d": "2022-10-01",
    "rvu23a": "2023-01-01", "rvu23b": "2023-04-01", "rvu23c": "2023-07-01", "rvu23d": "2023-10-01",
    "rvu24a": "2024-01-01", "rvu24ar": "2024-03-09", "rvu24b": "2024-04-01", "rvu24c": "2024-07-01",
    "rvu25a": "2025-01-01", "rvu25d": "2025-10-01", "rvu26c": "2026-07-01",
}  # fmt: skip

PTP_FILES = {
    "2024Q3": ("2024q3_practitioner_ptp.zip", "20240930"),
    "2026Q3": ("2026q3_practitioner_ptp_active.zip", "20260930"),
}


def params(name: str) -> Table:
    """One parameter table, from whichever layer holds it."""
    places = (PACKAGE / layer / "params" / f"{name}.toml" for layer in ("reference", "rules"))
    return tomllib.loads(next(place for place in places if place.exists()).read_text("utf-8"))


INCLUDED: list[Table] = params("includes_guidance")["row"]
FAMILY = params("guidance_family")
CONTRACTOR = params("contractor_defined_primaries")["addon"]
TAXONOMIES = params("taxonomies")


def evidence(kind: str) -> list[tuple[Table, Table]]:
    """Every (row, evidence) of one kind in the inclusion table."""
    return [(row, proof) for row in INCLUDED for proof in row["evidence"] if proof["kind"] == kind]


@pytest.fixture(scope="module")
def labels(cms_files: Path) -> dict[str, dict[str, str]]:
    """The short label of every code, by release (read here, kept nowhere)."""
    found: dict[str, dict[str, str]] = {}
    for release in RELEASES:
        (file,) = (cms_files / release).glob("PPRRVU*.csv")
        with file.open(encoding="latin-1", newline="") as handle:
            rows = [row for row in csv.reader(handle) if len(row) > 20 and re.fullmatch(r"[0-9A-Z]{5}", row[0].strip())]
        found[release] = {row[0].strip(): row[2].strip().lower() for row in reversed(rows)}
    return found


@pytest.fixture(scope="module")
def edits(cms_files: Path) -> dict[str, Pairs]:
    """The practitioner edits in force in each held quarter whose column two is a guidance code."""
    family = {code["hcpcs"] for code in FAMILY["code"]}
    found: dict[str, Pairs] = {}
    for quarter, (name, last_day) in PTP_FILES.items():
        pairs: Pairs = {}
        with zipfile.ZipFile(cms_files / "ncci" / name) as archive:
            (member,) = archive.namelist()
            with archive.open(member) as raw:
                for line in io.TextIOWrapper(raw, encoding="latin-1"):
                    fields = line.rstrip("\r\n").split("\t")
                    if len(fields) < 6 or fields[1] not in family or fields[5] == "9":
                        continue
                    if fields[4] in {"", "*"} or fields[4] >= last_day:
                        pairs[fields[0], fields[1]] = int(fields[5])
        found[quarter] = pairs
    return found


@pytest.fixture(scope="module")
def addons(cms_files: Path) -> dict[tuple[str, str], Table]:
    """The add-on edits still in force: type and first day by add-on and primary."""
    book = openpyxl.load_workbook(cms_files / "aoc" / "AOC_V2026Q2-MCR.xlsx", read_only=True)
    found: dict[tuple[str, str], Table] = {}
    for row in book.worksheets[0].iter_rows(min_row=3, values_only=True):
        if row[1] is not None and row[6] is None:
            first = datetime.datetime.strptime(str(row[5]), "%Y%j").date()  # noqa: DTZ007 (a day, no clock)
            found[str(row[1]), str(row[3])] = {"type": int(str(row[0])), "first": first}
    book.close()
    return found


def release_on(day: datetime.date) -> str:
    """The release in force on a day; for the first half of 2026, not held, that of July."""
    year = [release for release, first in RELEASES.items() if first[:4] == str(day.year)]
    started = [release for release in year if RELEASES[release] <= day.isoformat()]
    return started[-1] if started else year[0]


def pairs_of(row: Table, proof: Table) -> list[tuple[str, str]]:
    """The pairs an edit proof speaks for: the row's, or those of its sublists."""
    return [(p, g) for p in proof.get("primary", row["primary"]) for g in proof.get("guidance", row["guidance"])]


@pytest.mark.full_data
def test_the_codes_exist_on_the_days_of_their_rows(labels: dict[str, dict[str, str]]) -> None:
    """Every primary and guidance code is in the schedule on the first day (and on the last, where there is one)."""
    for row in INCLUDED:
        for code in (*row["primary"], *row["guidance"]):
            for day in (row["first"], row.get("last", row["first"])):
                assert code in labels[release_on(day)], (row["id"], code, day)
    for entry in FAMILY["code"]:
        for day in (entry["first"], entry.get("last", datetime.date(2026, 7, 1))):
            assert entry["hcpcs"] in labels[release_on(day)], (entry["hcpcs"], day)


@pytest.mark.full_data
def test_a_row_begins_where_the_held_files_begin_to_show_it(labels: dict[str, dict[str, str]]) -> None:
    """A first day after 2020-01-01 is a release that first lists the code, a changed label, or the manual's edition."""
    for row in INCLUDED:
        kinds = {proof["kind"] for proof in row["evidence"]}
        if row["first"] == datetime.date(2020, 1, 1) or kinds == {"manual"}:
            continue
        order = list(RELEASES)
        before = order[order.index(release_on(row["first"])) - 1]
        marks = [p["mark"] for _, p in evidence("schedule") if p in row["evidence"]]
        for code in row["primary"]:
            label = labels[before].get(code, "")
            assert label == "" or all(mark not in label for mark in marks), (row["id"], code)


@pytest.mark.full_data
def test_a_deleted_guidance_code_is_gone_after_its_last_day(labels: dict[str, dict[str, str]]) -> None:
    """77014: in RVU25D, absent from RVU26C."""
    (deleted,) = [code for code in FAMILY["code"] if "last" in code]
    assert deleted["hcpcs"] == "77014"
    assert deleted["hcpcs"] in labels["rvu25d"]
    assert deleted["hcpcs"] not in labels["rvu26c"]


@pytest.mark.full_data
def test_every_edit_named_is_really_there(edits: dict[str, Pairs]) -> None:
    """Every pair of an edit proof is an active practitioner edit of that quarter with that indicator."""
    for row, proof in evidence("ptp"):
        for pair in pairs_of(row, proof):
            assert edits[proof["quarter"]].get(pair) == proof["indicator"], (row["id"], pair)


@pytest.mark.full_data
def test_a_row_that_promises_denial_has_an_edit_for_every_pair(edits: dict[str, Pairs]) -> None:
    """Strength "deny" means that each pair of the row is a held edit."""
    for row in INCLUDED:
        if row["strength"] == "deny":
            for primary in row["primary"]:
                for guidance in row["guidance"]:
                    assert any((primary, guidance) in pairs for pairs in edits.values()), (row["id"], primary, guidance)


@pytest.mark.full_data
def test_the_schedule_labels_carry_the_marks(labels: dict[str, dict[str, str]]) -> None:
    """Where a row rests on the short label, the mark is in it (or, if so said, is not)."""
    for row, proof in evidence("schedule"):
        for code in proof.get("primary", row["primary"]):
            present = proof["mark"] in labels[proof["release"]][code]
            assert present is not proof.get("absent", False), (row["id"], code, proof["release"])


@pytest.mark.full_data
def test_only_the_seven_nerve_blocks_changed_their_label(labels: dict[str, dict[str, str]]) -> None:
    """Of 64400 to 64455, the imaging mark stands on exactly the seven codes of the row, and only from RVU23A."""
    (row,) = [row for row in INCLUDED if row["id"] == "nerve-block-imaging-2023"]

    def marked(release: str) -> set[str]:
        return {code for code, label in labels[release].items() if "64400" <= code <= "64455" and "img" in label}

    assert marked("rvu22d") == set()
    assert marked("rvu23a") == set(row["primary"]) == marked("rvu26c")


@pytest.mark.full_data
def test_the_add_on_table_agrees(addons: dict[tuple[str, str], Table]) -> None:
    """Primaries are listed, or not listed, as the rows say; the family's add-on types are those of the table."""
    for row, proof in evidence("aoc"):
        for code in row["primary"]:
            listed = addons.get((proof["addon"], code))
            assert (listed is not None) is proof["listed"], (row["id"], code)
            if listed and "first" in proof:
                assert listed["first"] == proof["first"]
    types = {addon: entry["type"] for (addon, _), entry in addons.items()}
    for code in FAMILY["code"]:
        assert code["addon_type"] == types.get(code["hcpcs"], 0), code["hcpcs"]
        assert code["is_addon"] is (code["addon_type"] > 0), code["hcpcs"]


@pytest.mark.full_data
def test_the_contractor_defined_lists_hold_real_codes(
    labels: dict[str, dict[str, str]], edits: dict[str, Pairs], addons: dict[tuple[str, str], Table]
) -> None:
    """Each is a type 2 add-on; its primaries are in a schedule of 2025 or 2026 and have no edit against it."""
    for addon, table in CONTRACTOR.items():
        assert addons[addon, "CCCCC"]["type"] == 2
        for code in table["primaries"]:
            assert code in labels["rvu25d"] or code in labels["rvu26c"], (addon, code)
            assert (code, addon) not in edits["2024Q3"], (addon, code)


@pytest.mark.full_data
def test_the_hints_name_codes_that_were_ever_valid(labels: dict[str, dict[str, str]]) -> None:
    """A hint leads to codes valid on its first day; needle procedures are codes of a held release."""
    ever = {code for release in labels.values() for code in release}
    for hint in FAMILY["use_instead"]:
        for code in hint["suggest"]:
            assert code in labels[release_on(hint["first"])], (hint["billed"], code)
        assert hint["context"] in {"", "needle_procedure"}
    # 10022 ended on 2018-12-31, before the first release held.
    assert {hint["billed"] for hint in FAMILY["use_instead"]} - ever == {"10022"}
    assert set(FAMILY["needle_procedures"]["codes"]) <= ever


@pytest.mark.full_data
def test_the_taxonomies_are_in_the_nucc_set(cms_files: Path) -> None:
    """Every listed taxonomy exists; plastic surgery and physician assistant, left out on purpose, exist too."""
    with (cms_files / "nucc" / "nucc_taxonomy_251.csv").open(encoding="utf-8-sig", newline="") as handle:
        known = {row[0] for row in csv.reader(handle)}
    listed = {code for group in TAXONOMIES["group"].values() for code in group["codes"]}
    left_out = {"2086S0122X", "363A00000X"}
    assert listed <= known
    assert left_out <= known
    assert not left_out & listed
    assert {"2085R0202X", "2085R0204X", "208G00000X"} <= listed


@pytest.mark.full_data
def test_guidance_is_packaged_for_hospital_outpatients(cms_files: Path) -> None:
    """Every code of the family has status N in Addendum B of January and of October 2025."""
    for name in ("OPPS_AddendumB_2025Jan_12.31.24.csv", "OPPS_AddendumB_2025Oct_10.31.25.csv"):
        with (cms_files / "opps" / name).open(encoding="latin-1", newline="") as handle:
            status = {row[0].strip(): row[2].strip() for row in csv.reader(handle) if len(row) > 2}
        assert {status[code["hcpcs"]] for code in FAMILY["code"]} == {"N"}, name


@pytest.mark.full_data
def test_no_table_repeats_a_label_of_the_schedule(labels: dict[str, dict[str, str]]) -> None:
    """The words are our own: no short label of a named code appears in the tables."""
    text = " ".join(path.read_text("utf-8").lower() for path in PACKAGE.glob("*/params/*.toml"))
    named = set(re.findall(r'"([0-9]{4}[0-9a-z])"', text))
    for release in ("rvu25d", "rvu26c"):
        for code in named:
            label = labels[release].get(code.upper(), "")
            assert not label or label not in text, (code, release)
