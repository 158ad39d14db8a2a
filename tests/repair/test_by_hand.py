"""Repairs worked by hand: the change, the rules it clears, and the payment both ways from PPRRVU24_JUL.csv.

National amounts of 2024-08-15, conversion factor 33.2875; the totals stand in the file's lines named.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.finding import Finding
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from trocar.repair.answer import ClaimRepair
from trocar.repair.change import Change, Proposal, edits
from trocar.repair.judge import Judged
from trocar.repair.repair import repair

PACK = open_starter()
DAY = date(2024, 8, 15)


def lines(*services: tuple[str, str], **more: Any) -> list[ClaimLine]:
    """A claim of some codes with their modifiers, at an office unless said otherwise."""
    given = {"service_date": DAY, "place_of_service": "11", "locality": "NATIONAL", "claim_id": "H"} | more
    return [
        ClaimLine(line=number, hcpcs=code, modifiers=tuple(modifiers.split()), **given)
        for number, (code, modifiers) in enumerate(services, 1)
    ]


def repaired(claim: list[ClaimLine], pack: Pack = PACK) -> tuple[ClaimRepair, tuple[ClaimLine, ...]]:
    """The answer for one claim, and its lines as repaired."""
    answer = repair(claim_table(claim), pack)
    (one,) = answer.claims
    return one, answer.lines


def cleared(answer: ClaimRepair) -> list[set[str]]:
    """The rules that each step clears."""
    return [{rule for _, _, rule, _ in step.clears} for step in answer.steps]


def money(answer: ClaimRepair) -> list[str]:
    """Allowed before and after, payable before and after."""
    return [str(amount) for amount in (*answer.amounts.allowed, *answer.amounts.payable)]


def test_26_is_added_where_the_facility_bills_the_rest() -> None:
    """CT guidance in a hospital outpatient department: only its professional component is the practitioner's."""
    answer, (_, guidance) = repaired(lines(("47000", ""), ("77012", ""), place_of_service="22"))
    assert cleared(answer) == [{"PS001"}]
    assert guidance.modifiers == ("26",)
    # 47000 facility 2.58 x 33.2875 = 85.8818 -> 85.88 (line 11251); 77012-26 2.05 x 33.2875 = 68.2394 -> 68.24 (14497)
    assert money(answer) == ["85.88", "154.12", "85.88", "154.12"]
    assert any("written" in text for text in answer.steps[0].change.evidence)


def test_a_technical_component_stays_the_facility_s() -> None:
    """TC in a facility is not turned into 26: that the practitioner read the images is a fact to be confirmed."""
    answer, (line,) = repaired(lines(("77012", "TC"), place_of_service="22"))
    assert line.not_billed
    (option,) = answer.options
    assert option.option.change.edits[0].value == ("26",)
    # 2.05 x 33.2875 = 68.2394 -> 68.24 (line 14497), if the report is there
    assert str(option.after.payable()) == "68.24"


def test_guidance_by_ultrasound_of_a_joint() -> None:
    """20610 with 76942: the guidance stays unbilled; 20611 is an option under the stored image and its report."""
    answer, (_, guidance) = repaired(lines(("20610", "RT"), ("76942", "")))
    assert cleared(answer) == [{"NC002"}]
    assert (guidance.not_billed, guidance.charge) == (True, Decimal("0.00"))
    # 20610 1.96 x 33.2875 = 65.2435 -> 65.24 (line 7408); 76942 1.74 x 33.2875 = 57.9203 -> 57.92 (14429)
    assert money(answer) == ["123.16", "65.24", "65.24", "65.24"]
    twin, *separate = answer.options
    assert twin.option.change.edits[0].value == "20611"
    assert "permanently stored image" in twin.option.fact
    # 20611 2.99 x 33.2875 = 99.5296 -> 99.53 (line 7409)
    assert str(twin.after.payable()) == "99.53"
    assert [option.option.change.edits[0].value[-1] for option in separate] == ["XS", "XE", "XP", "XU"]


def test_a_dead_code_and_the_guidance_its_successor_includes() -> None:
    """32405 with 77012 after 2020: two changes, each with its money; 32408 includes the guidance."""
    answer, (biopsy, guidance) = repaired(lines(("32405", ""), ("77012", "26"), place_of_service="22"))
    assert (biopsy.hcpcs, guidance.not_billed) == ("32408", True)
    assert cleared(answer) == [{"CD001"}, {"GD003", "NC002"}]
    # 77012-26 68.24 alone; 32408 facility 4.46 x 33.2875 = 148.4623 -> 148.46 (line 9348)
    assert money(answer) == ["68.24", "148.46", "68.24", "148.46"]


def test_the_day_the_code_was_alive() -> None:
    """On its last day, 2020-12-31, 32405 is not replaced; nothing is denied of it."""
    answer, (biopsy,) = repaired(lines(("32405", ""), place_of_service="22", service_date=date(2020, 12, 31)))
    assert (answer.steps, biopsy.hcpcs) == ((), "32405")


def test_both_sides_are_one_unit_with_50() -> None:
    """64483 right and left on two lines is above its limit of one (MUE 2024Q3, indicator 2): one line with 50."""
    claim = lines(("64483", "RT"), ("64483", "LT"), charge=Decimal("500.00"))
    answer, (first, second) = repaired(claim)
    assert cleared(answer) == [{"UN002"}]
    assert (first.modifiers, first.units, first.charge) == (("50",), None, Decimal("1000.00"))
    assert (second.not_billed, second.charge) == (True, Decimal("0.00"))
    # 7.40 x 33.2875 = 246.3275 -> 246.33 (line 12706); bilateral indicator 1: 246.33 x 1.5 = 369.495 -> 369.50
    assert [str(amount) for amount in answer.amounts.payable] == ["0.00", "369.50"]


def test_units_of_guidance_come_down_to_one() -> None:
    """Two units of CT guidance at one encounter: one is paid, whatever the number of lesions."""
    (biopsy,) = lines(("47000", ""), place_of_service="22")
    guidance = ClaimLine(
        claim_id="H", line=2, service_date=DAY, hcpcs="77012", modifiers=("26",), units=2, place_of_service="22",
        locality="NATIONAL",
    )  # fmt: skip
    answer, (_, now) = repaired([biopsy, guidance])
    assert cleared(answer) == [{"GD002", "UN003"}]
    assert now.units == 1
    # before 85.88 + 2 x 68.24 = 222.36, of which the guidance is denied; after 85.88 + 68.24
    assert money(answer) == ["222.36", "154.12", "85.88", "154.12"]


def test_a_component_modifier_that_does_not_apply() -> None:
    """20610 has PC/TC indicator 0: 26 goes."""
    answer, (line,) = repaired(lines(("20610", "RT 26")))
    assert cleared(answer) == [{"MD001"}]
    assert line.modifiers == ("RT",)
    assert money(answer) == ["0.00", "65.24", "0.00", "65.24"]


def test_an_add_on_goes_with_the_primary_that_the_repair_took_off() -> None:
    """A primary that was never on the claim is a question; nothing is invented and nothing is dropped."""
    answer, (line,) = repaired(lines(("77002", "26"), place_of_service="22"))
    assert (answer.verdict, answer.steps, line.not_billed) == ("open", (), None)
    (entry,) = answer.undecided
    assert "Which listed primary of 77002" in entry.decide
    assert "20610" in entry.decide or "more" in entry.decide


def test_several_successors_are_a_choice() -> None:
    """M54.5 ended on 2021-09-30 as a billable code: three codes follow, and a person reads the record."""
    answer, _ = repaired(lines(("20610", "RT"), diagnoses=("M545",)))
    (entry,) = answer.undecided
    assert all(code in entry.decide for code in ("M54.50", "M54.51", "M54.59"))
    assert answer.steps == ()


def test_changes_that_undo_each_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """66 in the place of 62, and 62 in the place of 66, both denied: the search leaves the claim as it came."""

    def turned(now: Judged, came: Judged, finding: Finding) -> Proposal:
        line = now.line_of(finding)
        other = ("66",) if line.modifiers == ("62",) else ("62",)
        return Proposal((Change("turned", edits(line, {"modifiers": other}), "the other", ("pctc",)),), decide="?")

    monkeypatch.setattr("trocar.repair.search.proposal", turned)
    # PPRRVU24_JUL.csv line 7408: 20610 has co-surgeon indicator 0 (MD006) and team indicator 0 (MD008).
    answer, (injection,) = repaired(lines(("20610", "62")))
    assert (answer.verdict, injection.modifiers) == ("open", ("62",))


def test_surgical_care_alone_of_a_code_without_a_period() -> None:
    """54 says that the operation was done: on a joint injection (global 000) it comes off."""
    answer, (line,) = repaired(lines(("20610", "RT 54")))
    assert (answer.verdict, line.modifiers) == ("repaired", ("RT",))
    assert money(answer)[-1] == "65.24"


@pytest.mark.full_data
@pytest.mark.parametrize(
    ("code", "modifiers"),
    [
        *[("20610", f"RT {modifier}") for modifier in ("AA", "73", "74", "55", "66")],
        # PPRRVU24_JUL.csv, PC/TC: 93010 is the reading (2), 93005 the tracing (3), 93000 both (4), 96374 incident (5)
        *[("93010", "TC"), ("93005", "26"), ("93000", "26"), ("93000", "TC"), ("96374", "26"), ("20610", "TC")],
    ],
)
def test_what_a_modifier_says_of_the_practitioner_is_not_swept_off(full_pack: Pack, code: str, modifiers: str) -> None:
    """Without the modifier the line would bill a service that it does not say was done: a person decides."""
    answer, (line,) = repaired(lines((code, modifiers)), full_pack)
    assert (answer.verdict, answer.steps) == ("open", ())
    assert line.modifiers == tuple(modifiers.split())
    assert answer.options
    assert money(answer)[-1] == "0.00"


@pytest.mark.full_data
@pytest.mark.parametrize(("code", "modifiers"), [("93010", "26"), ("93005", "TC"), ("20610", "26")])
def test_a_component_that_the_code_is_by_itself(full_pack: Pack, code: str, modifiers: str) -> None:
    """A reading with 26, a tracing with TC, a physician's service with 26: the code says it, and bills no more."""
    answer, (line,) = repaired(lines((code, modifiers)), full_pack)
    assert (answer.verdict, line.modifiers) == ("repaired", ())


def test_a_stopped_procedure_is_53_if_it_was_begun() -> None:
    """73 on a practitioner's claim: 53 is offered, under the fact that the procedure was begun; never the full fee."""
    answer, _ = repaired(lines(("47000", "73"), place_of_service="22"))
    stopped = [option.option.change.edits[0].value for option in answer.options]
    assert ("53",) in stopped
    assert () not in stopped


@pytest.mark.full_data
@pytest.mark.parametrize("modifiers", ["", "26"])
def test_a_service_whose_reading_has_no_row(full_pack: Pack, modifiers: str) -> None:
    """80506 has PC/TC indicator 1, facility NA and no row for 26 (PPRRVU23_OCT.csv line 14830): nothing clears it."""
    claim = lines(("80506", modifiers), ("80505", ""), place_of_service="22", service_date=date(2023, 11, 3))
    answer, _ = repaired(claim, full_pack)
    assert (answer.verdict, answer.steps) == ("open", ())


def test_claims_of_one_encounter_are_mended_together() -> None:
    """The second claim of the patient's day holds the second guidance: it is that one that stays unbilled."""
    one = lines(("47000", ""), ("77012", "26"), place_of_service="22", patient_id="P", rendering_npi="1234567893")
    two = lines(
        ("50200", ""), ("77012", "26"), claim_id="I", place_of_service="22", patient_id="P", rendering_npi="1234567893"
    )
    answer = repair(claim_table([*one, *two]), PACK)
    assert [claim.verdict for claim in answer.claims] == ["clear", "repaired"]
    assert [line.not_billed for line in answer.lines] == [None, None, None, True]
