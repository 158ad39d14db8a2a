"""The golden scrub cases, each written by somebody else, against the full store."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.pack import Pack
from trocar.scrub.check import CheckResult, check

pytestmark = pytest.mark.full_data

# What the cases call a rule, and the rules here that say it.
PTP, ADD_ON, UNITS = {"NC001", "NC002"}, {"GD001", "NC005", "NC006"}, {"UN001", "UN002", "UN003"}
RULES = {
    ("PTP-0", "DENY"): {"NC001"},
    ("PTP-1", "DENY"): {"NC002"},
    ("PTP-1", "BYPASS_REVIEW"): {"NC003"},
    ("AOC-1", "DENY"): ADD_ON,
    ("AOC-1", "FLAG"): {"NC007"},
    ("MUE-1", "DENY"): {"UN001"},
    ("MUE-2", "DENY"): {"UN002"},
    ("MUE-3", "DENY"): {"UN003"},
    ("BILAT-0", "FLAG"): {"MD003"},
    ("OPPS-N", "PACKAGED"): {"CD007"},
    ("TC-IN-HOSP", "DENY"): {"PS001"},
    ("TC-IN-ASC", "DENY"): {"PS001"},
    ("PCTC-0", "REJECT"): {"MD001"},
    ("ROLE-AS", "DENY"): {"MD004"},
    ("MOD-ANES-ONLY", "REJECT"): {"MD009"},
    ("STATUS-B", "DENY"): {"CD002"},
    ("CODE-VALIDITY", "REJECT"): {"CD001"},
    ("GUIDE-MISMATCH", "FLAG"): {"GD007"},
    ("DX-VALIDITY", "REJECT"): {"DX001", "DX002"},
    ("DX-LATERALITY", "FLAG"): {"DX003"},
    ("NUCC", "REJECT"): {"ID002"},
    ("NUCC", "FLAG"): {"ID003"},
}
# A PASS says that none of these speaks on the line.
PASS = {
    "PTP": PTP, "PTP-1": PTP, "PTP-0": PTP, "PTP-9": PTP, "AOC-1": ADD_ON, "AOC-2": ADD_ON | {"GD006"},
    "MUE-1": UNITS, "MUE-2": UNITS, "MUE-3": UNITS, "CODE-VALIDITY": {"CD001"},
    "DX-VALIDITY": {"DX001", "DX002"}, "NUCC": {"ID002", "ID003"},
}  # fmt: skip
# These cases name the release of 2024Q3 whatever their date; pinned, the answers confess it.
# No OPPS addendum of 2024 is held: the next one, of January 2025, stands in for SCR-068.
PINS = {"ncci_ptp": "PTP2024Q3", "mue": "MUE2024Q3", "opps_status": "OPPS2025Q1"}


def claim_lines(case: dict[str, str]) -> list[ClaimLine]:
    """A golden case as claim lines."""
    return [
        ClaimLine(
            claim_id=case["case_id"],
            line=line["line"],
            service_date=date.fromisoformat(case["dos"]),
            hcpcs=line["hcpcs"],
            modifiers=tuple(line["modifiers"]),
            units=line["units"],
            place_of_service="22" if line["pos"] == "HOPD" else line["pos"],
            locality="NATIONAL",
            diagnoses=tuple(line["dx"]),
            setting="hospital" if case["setting"] == "opps" else case["setting"],
            rendering_npi=line.get("npi"),
            taxonomy=line.get("taxonomy"),
            prior_outcome=line.get("prior_outcome"),
        )
        for line in json.loads(case["lines"])
    ]


def missing(expected: list[dict[str, Any]], found: set[tuple[int, str]]) -> list[str]:
    """What a case expects and the check does not say, or says where the case expects silence."""
    wrong = []
    for entry in expected:
        line, rule, outcome = entry["line"], entry["rule"], entry["outcome"]
        if outcome == "PASS":
            silent = PASS[rule]
            wrong += [f"line {line}: {said} where {rule} passes" for at, said in found if at == line and said in silent]
        elif not any((line, said) in found for said in RULES[(rule, outcome)]):
            wrong.append(f"line {line}: no {rule} {outcome}")
    return wrong


def unexpected(case: dict[str, str], expected: list[dict[str, Any]], found: set[tuple[int, str]]) -> list[str]:
    """PTP, MUE and add-on denials that a ``complete`` case does not name."""
    named = {(entry["line"], rule) for entry in expected for rule in RULES.get((entry["rule"], entry["outcome"]), ())}
    counted = PTP | UNITS if "add-on checks may add" in case["note"] else PTP | UNITS | ADD_ON
    return [f"line {line}: {rule} not named" for line, rule in found if rule in counted and (line, rule) not in named]


def answer(case: dict[str, str], pack: Pack) -> tuple[CheckResult, set[tuple[int, str]]]:
    """The check of a case, and which rules spoke on which lines."""
    result = check(claim_table(claim_lines(case)), pack)
    return result, {(finding.line, finding.rule) for finding in result.findings}


@pytest.fixture(scope="module")
def cases(golden_files: Path) -> list[dict[str, str]]:
    """The golden scrub cases."""
    with (golden_files / "scrub_cases.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_case(cases: list[dict[str, str]], full_pack: Pack) -> None:
    """Every golden case says what it expects, and a complete one says nothing more of PTP, MUE and add-ons."""
    pinned = Pack.open(full_pack.folder.parent, PINS)
    wrong = []
    for case in cases:
        expected = json.loads(case["expected"])
        _, found = answer(case, pinned if case["data_release"] == "NCCI 2024Q3" else full_pack)
        told = missing(expected, found)
        if case["assert_mode"] == "complete":
            told += unexpected(case, expected, found)
        wrong += [f"{case['case_id']} {case['description']}: {text}" for text in told]
    assert not wrong, "\n".join(wrong)
    assert len(cases) == 94


def test_undated_edits_before_their_quarter_are_not_checked(cases: list[dict[str, str]], full_pack: Pack) -> None:
    """SCR-023 holds with its release pinned; unpinned, the file does not say whether the edit had begun in 2019."""
    (case,) = [case for case in cases if case["case_id"] == "SCR-023"]
    result, found = answer(case, full_pack)
    assert (2, "NC002") not in found
    assert any(entry.needs == "ncci_ptp" and "20611/76942" in entry.not_checked for entry in result.not_checked)


def test_diagnosis_of_a_year_not_held_is_not_checked(cases: list[dict[str, str]], full_pack: Pack) -> None:
    """SCR-118 asks about fiscal year 2021, which no file held covers: silence of the rules is not a clean answer."""
    (case,) = [case for case in cases if case["case_id"] == "SCR-118"]
    result, found = answer(case, full_pack)
    assert not any(rule.startswith("DX") for _, rule in found)
    assert any(entry.needs == "icd10" for entry in result.not_checked)
