"""The golden payment cases, each worked out by somebody else, against the full store."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trocar.claims.model import ClaimLine, claim_table, parse_modifiers
from trocar.core.money import dollars, fee_cents, scaled, share_cents
from trocar.core.period import day_number
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.multiple import rank_within
from trocar.pricing.participation import settle
from trocar.pricing.payment import payment
from trocar.pricing.price import price
from trocar.pricing.words import REASONS

pytestmark = pytest.mark.full_data

# Releases the golden cases name that no folder here holds.
NOT_HELD = {"RVU25C/PFREV25C"}
# Cases that give their own fees or factors: they test one function, not the schedule.
OWN_FIGURES = {"(any)"}
STATUS_OF_OUTCOME = {
    "PAY": "priced",
    "LIMITING_CHARGE": "priced",
    "PAY_WARN_NA_NONFAC": "priced",
    "PAY_FLAG_MODIFIER_50": "priced",
    "CONTRACTOR_PRICED": "contractor_priced",
    "CONTRACTOR_PRICED_CAP": "contractor_priced",
    "BY_REPORT": "by_report",
    "REVIEW_DOCUMENTATION": "by_report",
    "OPPS_PACKAGED_N": "packaged",
}
REASON_OF_OUTCOME = {
    "PAY_WARN_NA_NONFAC": "rarely_done_in_office",
    "REJECT_TC_IN_FACILITY": "technical_component_in_facility",
    "DENY_STATUS_B": "status_B",
    "DENY_STATUS_I": "status_I",
    "DENY_STATUS_T": "status_T",
    "DENY_BASE_INCLUDED": "endoscopic_base_included",
    "DENY_TEAM_NOT_PERMITTED": "team_not_permitted",
    "DENY_CONCEPT_NA": "assistant_not_applicable",
    "DENY_COSURGEON_NOT_PERMITTED": "co_surgeon_not_permitted",
    "REJECT_SPLIT_NOT_APPLICABLE": "split_care_not_applicable",
    "REVIEW_DOCUMENTATION": "assistant_needs_documentation",
}


@pytest.fixture(scope="module")
def groups(golden_files: Path) -> dict[str, list[dict[str, str]]]:
    """The cases by group: the lines of one claim."""
    answer = defaultdict(list)
    with (golden_files / "payment_cases.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            answer[row["group_id"]].append(row)
    return answer


def claim_line(row: dict[str, str]) -> ClaimLine:
    """A golden row as a claim line."""
    extra = json.loads(row["extra"])
    hospital = row["pos"] == "HOPD"
    return ClaimLine(
        claim_id=row["group_id"],
        line=int(row["line_no"]),
        service_date=date.fromisoformat(row["dos"]),
        hcpcs=row["hcpcs"],
        modifiers=parse_modifiers(row["modifiers"]),
        units=int(row["units"]),
        charge=Decimal(extra["charge"]) if "charge" in extra else None,
        place_of_service="22" if hospital else row["pos"],
        mac=row["mac"] or None,
        locality=row["locality"],
        setting="hospital" if hospital else "practitioner",
        participating=extra.get("participating", True),
        provider_type=extra.get("provider_type"),
        hpsa=extra.get("hpsa"),
        qualifying_apm=extra.get("qp"),
        same_session=extra.get("same_session"),
        deductible_remaining=Decimal(extra.get("deductible_remaining", "0")),
    )


def near(shown: str | None, expected: str, tolerance: str) -> bool:
    """Whether an amount is within a tolerance; no amount is never near."""
    return shown is not None and abs(Decimal(shown) - Decimal(expected)) <= Decimal(tolerance)


def differences(row: dict[str, str], answer: dict[str, Any]) -> list[str]:
    """What a golden row expects and the answer does not say."""
    extra, outcome, tolerance = json.loads(row["extra"]), row["expected_outcome"], row["tolerance"]
    wrong = []
    if answer["status"] != STATUS_OF_OUTCOME.get(outcome, "not_payable"):
        wrong.append(f"status {answer['status']} for {outcome}: {answer['reasons']}")
    reason = REASON_OF_OUTCOME.get(outcome)
    if reason and REASONS[reason] not in answer["reasons"]:
        wrong.append(f"no reason {reason} in {answer['reasons']}")
    if outcome == "CONTRACTOR_PRICED_CAP":
        if not any(f"at most {row['expected_allowed']} " in reason for reason in answer["reasons"]):
            wrong.append(f"no cap {row['expected_allowed']} in {answer['reasons']}")
    elif answer["status"] == "priced":
        shown = answer["limiting_charge" if outcome == "LIMITING_CHARGE" else "allowed"]
        if not near(shown, row["expected_allowed"], tolerance):
            wrong.append(f"{shown} for {row['expected_allowed']}: {row['how']}")
    for key, name in (
        ("expected_medicare_paid", "medicare_pays"),
        ("expected_patient", "patient_pays"),
        ("expected_sequestration", "sequestration"),
        ("expected_bonus", "bonus"),
    ):
        if key in extra and not near(answer[name], extra[key], tolerance):
            wrong.append(f"{name} {answer[name]} for {extra[key]}")
    return [f"{row['case_id']}: {text}" for text in wrong]


def test_every_case_priced_from_the_schedule(groups: dict[str, list[dict[str, str]]], full_pack: Pack) -> None:
    """Every golden case whose release is held comes out within its tolerance, outcome and reason included."""
    rows: list[dict[str, str]] = []
    for group in groups.values():
        held = not any(row["hcpcs"] in OWN_FIGURES or row["release"] in NOT_HELD for row in group)
        if held and group[0]["dos"] >= "2020-01-01":
            rows += group
    answers = explain_all(price(Batch(claim_table([claim_line(row) for row in rows]), full_pack).line))
    wrong = [text for row, answer in zip(rows, answers, strict=True) for text in differences(row, answer)]
    assert not wrong
    # 224 cases less 5 of a release not held, 4 of given amounts, 2 of years not held.
    assert len(rows) == 213


def test_cases_of_a_release_not_held_say_so(groups: dict[str, list[dict[str, str]]], full_pack: Pack) -> None:
    """A case of RVU25C is not checked for want of the release; pinned to RVU25D it comes out, and confesses."""
    rows = [row for rows in groups.values() for row in rows if row["release"] in NOT_HELD]
    table = claim_table([claim_line(row) for row in rows])
    for answer in explain_all(price(Batch(table, full_pack).line)):
        assert answer["status"] == "not_checked"
        assert answer["reasons"] == ["no physician fee schedule release in the store covers 2025-08-01"]
    pins = {"schedule": "RVU25D", "gpci": "RVU25D"}
    pinned = explain_all(price(Batch(table, Pack.open(full_pack.folder.parent, pins)).line))
    for row, answer in zip(rows, pinned, strict=True):
        assert differences(row, answer) == []
        assert any("pinned" in assumption for assumption in answer["assumed"])


def test_cases_of_given_amounts(groups: dict[str, list[dict[str, str]]]) -> None:
    """Deductible, coinsurance and sequestration of an allowed amount that the case gives."""
    rows = [row for rows in groups.values() for row in rows if row["hcpcs"] in OWN_FIGURES]
    assert len(rows) == 4
    for row in rows:
        extra = json.loads(row["extra"])
        allowed, deductible = (np.array([scaled(extra[key], 100)]) for key in ("allowed", "deductible_remaining"))
        day = np.array([day_number(date.fromisoformat(row["dos"]))], np.int32)
        settled = settle(allowed, deductible, day, payment())
        assert str(dollars(settled.medicare_pays[0])) == extra["expected_medicare_paid"], row["case_id"]
        assert str(dollars(settled.sequestration[0])) == extra["expected_sequestration"], row["case_id"]


def test_published_examples_of_years_not_held(groups: dict[str, list[dict[str, str]]]) -> None:
    """The formula and the ladder give the published amounts of 2009 and 2014 from the figures the cases state."""
    (fee,) = groups["N282"]
    extra = json.loads(fee["extra"])
    total, factor = scaled(extra["total_rvu"], 100), scaled(extra["cf"], 10_000)
    assert str(dollars(fee_cents(total, 0, 0, 1000, 1000, 1000, factor))) == fee["expected_allowed"]
    (row,) = groups["N283"]
    fees = json.loads(row["extra"])["fees"]
    cents = np.array([scaled(fees[code], 100) for code in sorted(fees)])
    ones = np.ones(len(cents), np.int64)
    rank = rank_within(np.zeros(len(cents), np.int64), cents, ones)[sorted(fees).index(row["hcpcs"])]
    share = payment().ladder[rank]
    assert str(dollars(share_cents(scaled(fees[row["hcpcs"]], 100), share))) == row["expected_allowed"]
