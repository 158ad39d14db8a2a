"""Two sides, units, parts and companions, each worked out by hand from RVU25D (national, CF 32.3465)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.price import price
from trocar.scrub.check import check

pytestmark = pytest.mark.full_data


def line(number: int, hcpcs: str, *modifiers: str, units: int = 1, charge: str = "", **more: Any) -> ClaimLine:
    """One office line of 2025-11-03 at the national amount."""
    stated: dict[str, Any] = {"claim_id": "C1", "service_date": date(2025, 11, 3), "locality": "NATIONAL"}
    stated["place_of_service"] = "11"
    return ClaimLine(
        line=number,
        hcpcs=hcpcs,
        modifiers=modifiers,
        units=units,
        charge=Decimal(charge) if charge else None,
        **(stated | more),
    )


def paid(pack: Pack, *lines: ClaimLine) -> list[tuple[str, str | None]]:
    """Status and allowed amount of each line."""
    return [
        (answer["status"], answer["allowed"]) for answer in explain_all(price(Batch(claim_table(lines), pack).line))
    ]


def test_a_technical_only_code_keeps_its_share_in_a_family(full_pack: Pack) -> None:
    """93005 (technical alone) beside 93306 pays 75 percent of its own fee, not nothing."""
    # 0.19 x 32.3465 = 6.1458 -> 6.15; x 75% = 4.6125 -> 4.61
    assert paid(full_pack, line(1, "93306"), line(2, "93005"))[1] == ("priced", "4.61")


def test_a_global_only_code_keeps_out_of_the_family(full_pack: Pack) -> None:
    """93000 (global alone) has no technical part of its own in the schedule, and pays its fee."""
    # 93000: total 0.43 x 32.3465 = 13.9090 -> 13.91
    assert paid(full_pack, line(1, "93306"), line(2, "93000"))[1] == ("priced", "13.91")


def test_two_units_of_a_bilateral_code_are_one_fee_in_a_family(full_pack: Pack) -> None:
    """92250 is priced as bilateral (indicator 2): two units are one fee, also in the ophthalmology family."""
    # 1.10 x 32.3465 = 35.5812 -> 35.58
    assert paid(full_pack, line(1, "92250", units=2)) == [("priced", "35.58")]


@pytest.mark.parametrize("both", [{"modifier": "50", "units": 1}, {"modifier": "", "units": 2}])
def test_both_sides_of_imaging_are_two_services(full_pack: Pack, both: dict[str, Any]) -> None:
    """73723 (indicator 3) on both sides: a fee for each, the second reduced, and no side lost to the cap."""
    # TC 8.62 x 32.3465 = 278.8268 -> 278.83, second 139.42 (139.415); cap (11.00 + 0.04) x 32.3465 = 357.11: higher
    # 26 3.05 x 32.3465 =  98.6568 ->  98.66, second  93.73 (93.727); 278.83 + 139.42 + 98.66 + 93.73 = 610.64
    modifiers = (both["modifier"],) if both["modifier"] else ()
    assert paid(full_pack, line(1, "73723", *modifiers, units=both["units"])) == [("priced", "610.64")]


@pytest.mark.parametrize(("charge", "allowed"), [("100.00", "110.30"), ("40.00", "80.00")])
def test_the_charges_of_two_sides_are_added_for_one_fee(full_pack: Pack, charge: str, allowed: str) -> None:
    """Indicator 0, RT and LT: the total of both charges against one fee (RVU25D.pdf's own example: 200 against 125)."""
    # 3.41 x 32.3465 = 110.3016 -> 110.30; charges 100 + 100 = 200 are higher, 40 + 40 = 80 lower
    answers = paid(full_pack, line(1, "77002", "RT", charge=charge), line(2, "77002", "LT", charge=charge))
    assert answers == [("priced", allowed), ("not_payable", None)]


@pytest.mark.parametrize(("charge", "allowed"), [("47.55", ["63.40", "31.70"]), ("40.00", ["40.00", "40.00"])])
def test_the_charges_of_two_sides_are_added_for_150_percent(full_pack: Pack, charge: str, allowed: list[str]) -> None:
    """Indicator 1, RT and LT: the total of both charges against 150 percent of the fee."""
    # 1.96 x 32.3465 = 63.3991 -> 63.40; 50% 31.70; together 95.10: charges 2 x 47.55 = 95.10 equal, 2 x 40 = 80 lower
    answers = paid(full_pack, line(1, "20610", "RT", charge=charge), line(2, "20610", "LT", charge=charge))
    assert [amount for _, amount in answers] == allowed


def test_a_side_beside_a_side_that_is_not_payable_is_paid_in_full(full_pack: Pack) -> None:
    """GY on the right knee leaves the left knee its whole fee."""
    answers = paid(full_pack, line(1, "20610", "RT", "GY"), line(2, "20610", "LT"))
    assert answers == [("not_payable", None), ("priced", "63.40")]


def test_two_components_are_not_two_sides(full_pack: Pack) -> None:
    """76942-26-RT and 76942-TC-LT are parts of services, each paid."""
    # 0.90 x 32.3465 = 29.1119 -> 29.11; 0.87 x 32.3465 = 28.1415 -> 28.14
    answers = paid(full_pack, line(1, "76942", "26", "RT"), line(2, "76942", "TC", "LT"))
    assert answers == [("priced", "29.11"), ("priced", "28.14")]


def test_every_unit_of_an_endoscopy_is_an_endoscopy(full_pack: Pack) -> None:
    """The second unit of 45380 pays its fee less the base 45378, as a second line would."""
    # 12.82 x 32.3465 = 414.6821 -> 414.68; 10.13 x 32.3465 = 327.6700 -> 327.67; 414.68 + (414.68 - 327.67) = 501.69
    assert paid(full_pack, line(1, "45380", units=2)) == [("priced", "501.69")]


def test_a_discontinued_procedure_with_a_row_of_its_own(full_pack: Pack) -> None:
    """45378-53 has values of its own."""
    # 1.63 + 3.22 + 0.22 = 5.07 x 32.3465 = 163.9968 -> 164.00
    assert paid(full_pack, line(1, "45378", "53")) == [("priced", "164.00")]


def test_what_a_hospital_pays_for_by_itself(full_pack: Pack) -> None:
    """An incident-to service (96372, indicator 5) and the reading of a smear (85060, indicator 8) by place."""
    # 96372: 0.17 + 0.25 + 0.01 = 0.43 x 32.3465 = 13.9090; 85060: 0.45 + 0.22 + 0.03 = 0.70 x 32.3465 = 22.6426
    for place, injection, smear in (
        ("11", ("priced", "13.91"), ("not_payable", None)),
        ("22", ("not_payable", None), ("not_payable", None)),
        ("21", ("not_payable", None), ("priced", "22.64")),
    ):
        assert paid(full_pack, line(1, "96372", place_of_service=place)) == [injection]
        assert paid(full_pack, line(1, "85060", place_of_service=place)) == [smear]


def test_a_code_of_the_smallest_values_has_a_fee(full_pack: Pack) -> None:
    """92953 has 0.01 of each value; 15824 (restricted) has none, and is priced by the contractor."""
    # 0.03 x 32.3465 = 0.9704 -> 0.97
    assert paid(full_pack, line(1, "92953")) == [("priced", "0.97")]
    assert paid(full_pack, line(1, "15824")) == [("contractor_priced", None)]


def test_a_base_endoscopy_of_another_claim_stays(full_pack: Pack) -> None:
    """45378 alone is paid, whatever family stands on other claims of the batch; beside a member it is not."""
    # 3.26 + 6.44 + 0.43 = 10.13 -> 327.6700
    alone, member, other = (line(1, code) for code in ("45378", "45385", "45380"))
    claims = [replace(alone, claim_id="C1"), replace(alone, claim_id="C2"), replace(alone, claim_id="C3")]
    family = [replace(member, claim_id="C4"), replace(other, claim_id="C4", line=2)]
    # 45385: 4.57 + 8.33 + 0.56 = 13.46 -> 435.3839; 45380 414.68 - 327.67 = 87.01
    assert paid(full_pack, *claims, *family) == [("priced", "327.67")] * 3 + [("priced", "435.38"), ("priced", "87.01")]
    assert paid(full_pack, replace(member, line=2), alone) == [("priced", "435.38"), ("not_payable", None)]


def test_the_base_beside_another_procedure_stays(full_pack: Pack) -> None:
    """45378 with 20610 on one claim is paid, though a family of it stands on the next."""
    claims = [line(1, "45378"), line(2, "20610"), line(1, "45385", claim_id="C2"), line(2, "45380", claim_id="C2")]
    assert [amount for _, amount in paid(full_pack, *claims)] == ["327.67", "31.70", "435.38", "87.01"]


def test_a_family_takes_one_rank(full_pack: Pack) -> None:
    """45385 and 45380 together (522.39) stand before 10160, whose 126.47 is halved, and behind 32408."""
    family = line(1, "45385"), line(2, "45380")
    # 126.47 / 2 = 63.235; 435.38 / 2 = 217.69; 87.01 / 2 = 43.505
    assert [amount for _, amount in paid(full_pack, *family, line(3, "10160"))] == ["435.38", "87.01", "63.24"]
    assert [amount for _, amount in paid(full_pack, *family, line(3, "32408"))] == ["217.69", "43.51", "792.49"]
    first, second = explain_all(price(Batch(claim_table(family), full_pack).line))
    assert [[step["step"] for step in one["steps"]] for one in (first, second)] == [
        ["fee"],
        ["fee", "endoscopy_family"],
    ]


def test_an_endoscopy_below_its_base_is_nothing_more(full_pack: Pack) -> None:
    """43204 is less than its base 43200: beside 43201 it adds nothing, and takes nothing away."""
    # 43201: 1.72 + 5.77 + 0.23 = 7.72 -> 249.7150; 43204: 4.02 -> 130.03; base 7.79 -> 251.98
    assert paid(full_pack, line(1, "43201"), line(2, "43204")) == [("priced", "249.71"), ("priced", "0.00")]


def test_the_cap_of_a_reduced_vessel(full_pack: Pack) -> None:
    """93893-TC has a cap of 3.28 + 0.01; it ranks by its fee all the same."""
    # 8.26 -> 267.18, cap 3.29 x 32.3465 = 106.4200; 93970-TC 147.82 x 75% = 110.865, its cap 7.47 is higher
    answers = paid(full_pack, line(1, "93893", "TC"), line(2, "93970", "TC"))
    assert answers == [("priced", "106.42"), ("priced", "110.87")]


def test_a_global_only_test_is_remarked_beside_others(full_pack: Pack) -> None:
    """Only 93000, and only when another test of the family stands beside it."""
    for codes, expected in ((("93306", "93000"), [0, 1]), (("93000",), [0]), (("20610", "93000", "77002"), [0, 0, 0])):
        lines = [line(number, code) for number, code in enumerate(codes, 1)]
        said = [answer["reasons"] for answer in explain_all(price(Batch(claim_table(lines), full_pack).line))]
        assert [sum("global-only" in reason for reason in reasons) for reasons in said] == expected


def test_therapy_pays_practice_expense_once(full_pack: Pack) -> None:
    """Indicator 5: the unit with most practice expense in full, half of it for every other unit."""

    def told(*lines: ClaimLine) -> list[tuple[str, list[str]]]:
        answers = explain_all(price(Batch(claim_table(lines), full_pack).line))
        return [(answer["allowed"], [step["step"] for step in answer["steps"]]) for answer in answers]

    # 97110: 0.45 + 0.43 + 0.01 = 0.89 -> 28.7884 -> 28.79; 0.45 + 0.215 + 0.01 = 0.675 -> 21.8339 -> 21.83
    # 97140: 0.43 + 0.40 + 0.01 = 0.84 -> 27.1711 -> 27.17; 0.43 + 0.200 + 0.01 = 0.640 -> 20.7018 -> 20.70
    reduced = ["fee", "therapy_practice_expense"]
    assert told(line(1, "97110")) == [("28.79", ["fee"])]
    assert told(line(1, "97140"), line(2, "97110")) == [("20.70", reduced), ("28.79", ["fee"])]
    units = ["fee", "units", "therapy_practice_expense"]
    assert told(line(1, "97110", units=2)) == [("50.62", units)]
    # 28.79 + 21.83; 3 x 20.70 = 62.10
    assert told(line(1, "97140", units=3), line(2, "97110", units=2)) == [("62.10", units), ("50.62", units)]
    # Another day is another first unit.
    later = line(2, "97140", service_date=date(2025, 11, 4))
    with_later = told(line(1, "97110"), later)
    assert with_later == [("28.79", ["fee"]), ("27.17", ["fee"])]


def test_a_technical_part_without_a_reading_recovers_nothing(full_pack: Pack) -> None:
    """80506 has PC/TC indicator 1 but no row for 26 in PPRRVU22_JAN.csv: nothing it could be paid as."""
    lines = [line(1, "80506", place_of_service="22", service_date=date(2022, 2, 1))]
    done = price(Batch(claim_table(lines), full_pack).line)
    assert [note.key for note in done.ledger.reasons] == ["technical_component_in_facility"]
    assert done.recoverable.tolist() == [-1]


def test_a_contractor_priced_service_is_a_companion(full_pack: Pack) -> None:
    """36591 (status T) beside 77022 (status C) is not payable: what the contractor prices is payable too."""
    answers = paid(full_pack, line(1, "36591"), line(2, "77022"))
    assert answers == [("not_payable", None), ("contractor_priced", None)]


def test_a_modifier_for_old_equipment_is_not_checked_in_words(full_pack: Pack) -> None:
    """CT on a line is answered as not checked, with the reason."""
    (answer,) = explain_all(price(Batch(claim_table([line(1, "70450", "CT")]), full_pack).line))
    assert answer["status"] == "not_checked"
    assert answer["reasons"] == ["the code list that CT, FX and FY apply to is not in the store"]


def test_units_count_line_by_line_when_a_practitioner_is_unknown(full_pack: Pack) -> None:
    """A line of an unknown practitioner counts with each of two others that do not count with each other."""
    # 77002: 1 unit a day (MUE 2024Q3); each known line counts 1 + 1, the unknown one 1 + 1 + 1.
    day: dict[str, Any] = {"service_date": date(2024, 8, 15)}
    lines = [
        line(1, "77002", rendering_npi="1234567893", **day),
        line(2, "77002", **day),
        line(3, "77002", rendering_npi="1003000126", **day),
    ]
    found = [finding for finding in check(claim_table(lines), full_pack).findings if finding.rule == "UN003"]
    assert [(finding.line, finding.evidence["day_units"]) for finding in found] == [(1, 2), (2, 3), (3, 2)]
