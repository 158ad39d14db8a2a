"""Lines of the starter pack priced by hand: RVU25D, 2025-11-03, office, national amount (32.3465), unless told.

Relative values of RVU25D (work + non-facility practice expense + malpractice = total), and the fee they make:
20610 0.79+1.04+0.13 = 1.96 x 32.3465 = 63.3991 -> 63.40     20611 1.10+1.72+0.16 = 2.98 -> 96.3926 -> 96.39
10005 1.46+2.37+0.16 = 3.99 -> 129.0625 -> 129.06            10160 1.25+2.50+0.16 = 3.91 -> 126.4748 -> 126.47
32408 3.18+21.02+0.30 = 24.50 -> 792.4893 -> 792.49          32555 2.27+6.71+0.21 = 9.19 -> 297.2643 -> 297.26
49083 2.00+6.37+0.20 = 8.57 -> 277.2095 -> 277.21            62321 1.95+5.63+0.18 = 7.76 -> 251.0088 -> 251.01
77002 3.41 -> 110.3016 -> 110.30; 26 0.79 -> 25.5537 -> 25.55; TC 2.62 -> 84.7478 -> 84.75
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.period import day_number
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from trocar.pricing.explain import explain_all
from trocar.pricing.participation import settle
from trocar.pricing.payment import FULL, WORK_FLOOR, Payment, payment
from trocar.pricing.price import Priced, price

NATIONAL: dict[str, Any] = {"service_date": date(2025, 11, 3), "place_of_service": "11", "locality": "NATIONAL"}
HOSPITAL: dict[str, Any] = {"place_of_service": "22"}
Answer = tuple[str, str | None, tuple[str, ...]]


def claim(*written: str, **more: Any) -> list[ClaimLine]:
    """Lines of one claim, each written as code and modifiers: ``20610-RT``."""
    lines = []
    for number, text in enumerate(written, 1):
        hcpcs, *modifiers = text.split("-")
        stated = {"claim_id": "C1", "units": 1} | NATIONAL | more
        lines.append(ClaimLine(line=number, hcpcs=hcpcs, modifiers=tuple(modifiers), **stated))
    return lines


@cache
def pack() -> Pack:
    """The starter pack, opened once: what it has read of its files stays read."""
    return open_starter()


def priced(lines: list[ClaimLine], shares: Payment | None = None) -> Priced:
    """The lines priced from the starter pack."""
    return price(Batch(claim_table(lines), pack()).line, shares)


def allowed(lines: list[ClaimLine], shares: Payment | None = None) -> list[str | None]:
    """The allowed amount of each line."""
    return [answer["allowed"] for answer in explain_all(priced(lines, shares))]


def answers(lines: list[ClaimLine]) -> list[Answer]:
    """Status, allowed amount and reasons (by their keys) of each line."""
    done = priced(lines)
    keys = [
        tuple(note.key for note in done.ledger.reasons if note.where[at])
        for at in np.argsort(done.line.lines.source).tolist()
    ]
    said = explain_all(done)
    return [(one["status"], one["allowed"], key) for one, key in zip(said, keys, strict=True)]


def alone(*cases: tuple[str, dict[str, Any]]) -> list[Answer]:
    """The answer of each case, a claim of one line, all in one batch."""
    return answers(
        [line for at, (written, more) in enumerate(cases) for line in claim(written, claim_id=f"C{at:03d}", **more)]
    )


def steps(lines: list[ClaimLine]) -> list[list[str]]:
    """The names of the steps of each line."""
    return [[step["step"] for step in answer["steps"]] for answer in explain_all(priced(lines))]


# --- roles, sides and parts


def test_what_one_modifier_does() -> None:
    """A line by itself, in the office or in the outpatient hospital."""
    cases: list[tuple[str, str, Answer]] = [
        # Assistant, indicator 2: 32998 (9.03+78.12+0.94 = 88.09) x 32.3465 = 2849.4032 -> 2849.40
        ("32998-80", "11", ("priced", "455.90", ())),  # x 16% = 455.904
        ("32998-82", "11", ("priced", "455.90", ())),
        ("32998-AS", "11", ("priced", "387.52", ())),  # x 13.6% = 387.5184
        # 80 to 82 are a physician's, AS a practitioner's (13.6%): one share is paid, never a share of a share
        ("32998-80-AS", "11", ("priced", "387.52", ("assistant_said_twice",))),
        ("32998-80-82", "11", ("priced", "455.90", ())),
        # 34701 in a facility: indicators 2 of assistant and co-surgeon, global period 090
        ("34701-62-80", "21", ("not_checked", None, ("roles_exclude_each_other",))),
        ("34701-AS-62", "21", ("not_checked", None, ("roles_exclude_each_other",))),
        ("34701-54-55", "21", ("not_checked", None, ("shares_exclude_each_other",))),
        ("34701-78-54", "21", ("not_checked", None, ("shares_exclude_each_other",))),
        ("34701-55-78", "21", ("not_checked", None, ("shares_exclude_each_other",))),
        ("10005-80", "11", ("by_report", None, ("assistant_needs_documentation",))),
        ("20610-80", "11", ("not_payable", None, ("assistant_never_paid",))),
        ("74176-AS", "11", ("not_payable", None, ("assistant_not_applicable",))),
        # Co-surgeon: 33207 in a facility (7.80+4.60+1.77 = 14.17) -> 458.3499 -> 458.35; x 62.5% = 286.4688
        ("33207-62", "22", ("priced", "286.47", ())),
        ("10005-62", "11", ("not_payable", None, ("co_surgeon_not_permitted",))),
        ("33243-62", "22", ("by_report", None, ("co_surgeon_needs_documentation",))),
        ("92961-62", "22", ("not_payable", None, ("co_surgeon_not_applicable",))),
        ("33361-66", "22", ("by_report", None, ("team_by_report",))),
        ("10005-66", "11", ("not_payable", None, ("team_not_permitted",))),
        ("92961-66", "22", ("not_payable", None, ("team_not_applicable",))),
        # Parts of a 90-day global of 9, 84 and 7 percent: 458.35 x 93% = 426.2655, x 7% = 32.0845, x 84% = 385.014
        ("33207-54", "22", ("priced", "426.27", ())),
        ("33207-55", "22", ("priced", "32.08", ("postoperative_days_prorated",))),
        ("33207-78", "22", ("priced", "385.01", ())),
        ("33207-56", "22", ("not_payable", None, ("preoperative_care_not_paid_apart",))),
        # A 10-day global of 10, 80 and 10 percent: 126.47 x 90% = 113.823
        ("10160-54", "11", ("priced", "113.82", ())),
        ("20610-54", "11", ("not_payable", None, ("split_care_not_applicable",))),
        ("20610-55", "11", ("not_payable", None, ("split_care_not_applicable",))),
        ("20610-78", "11", ("priced", "63.40", ())),
        ("20610-53", "11", ("by_report", None, ("discontinued_without_row",))),
        ("20610-52", "11", ("priced", "63.40", ("reduced_services",))),
        ("20610-22", "11", ("priced", "63.40", ("increased_services",))),
        ("20610-AA", "11", ("not_payable", None, ("anesthesia_modifier",))),
        ("20610-73", "11", ("not_payable", None, ("facility_modifier",))),
        ("20610-GY", "11", ("not_payable", None, ("statement_of_no_payment",))),
        ("71250-CT", "11", ("not_checked", None, ("technical_cut",))),
        # Both sides: indicator 1 is 63.40 x 150%; 0, 2 and 9 change nothing; 3 is a fee for each: 1.04 -> 33.64 x 2
        ("20610-50", "11", ("priced", "95.10", ())),
        ("20610-RT-LT", "11", ("priced", "95.10", ())),
        ("77002-50", "11", ("priced", "110.30", ("bilateral_without_effect",))),
        ("77002-RT-LT", "11", ("priced", "110.30", ())),
        ("62321-50", "11", ("priced", "251.01", ("bilateral_without_effect",))),
        ("73030-50", "11", ("priced", "67.28", ())),
        ("73030-RT-LT", "11", ("priced", "67.28", ())),
    ]
    found = alone(*((written, {"place_of_service": place}) for written, place, _ in cases))
    assert found == [expected for *_, expected in cases]


def test_what_units_do() -> None:
    """Units of one line: sides where the indicator says so, else procedures."""
    cases: list[tuple[str, int, Answer]] = [
        # Bilateral indicator 1: two units are both sides (96.39 x 150% = 144.585), three are three procedures:
        # 96.39 + 2 x 48.195 -> 96.39 + 2 x 48.20 = 192.79
        ("20611", 2, ("priced", "144.59", ())),
        ("20611", 3, ("priced", "192.79", ())),
        # Indicator 0: two procedures, 129.06 + 64.53; no multiple procedure indicator: two fees, 2 x 110.30
        ("10005", 2, ("priced", "193.59", ())),
        ("77002", 2, ("priced", "220.60", ())),
        # Indicator 3: 2 x 33.64; both sides are two fees however many units the line has
        ("73030", 2, ("priced", "67.28", ())),
        ("73030-50", 1, ("priced", "67.28", ())),
        # Indicator 2 is priced as bilateral: 93970 5.53 -> 178.8761 -> 178.88, once
        ("93970", 2, ("priced", "178.88", ())),
        # The ladder has five steps, by units as by lines: 129.06 + 4 x 64.53 = 387.18
        ("10005", 5, ("priced", "387.18", ())),
        ("10005", 6, ("by_report", None, ("sixth_procedure",))),
    ]
    assert alone(*((written, {"units": units}) for written, units, _ in cases)) == [expected for *_, expected in cases]


def test_the_second_side_is_half_a_fee() -> None:
    """20610 RT and LT: 63.40 and 31.70, in either order; the third line of a service is no side."""
    assert allowed(claim("20610-RT", "20610-LT")) == ["63.40", "31.70"]
    assert allowed(claim("20610-LT", "20610-RT")) == ["63.40", "31.70"]
    # Two right sides are two procedures, and so are a right and two left: 63.40 and half of it for each other.
    assert allowed(claim("20610-RT", "20610-RT")) == ["63.40", "31.70"]
    assert steps(claim("20610-RT", "20610-LT", "20610-LT")) == [
        ["fee"],
        ["fee", "multiple_procedure"],
        ["fee", "multiple_procedure"],
    ]


def test_one_fee_for_two_sides_is_paid_on_the_first() -> None:
    """77002 (indicator 0) RT and LT: the second line is included; 73030 (indicator 3) is paid for each."""
    assert answers(claim("77002-RT", "77002-LT")) == [
        ("priced", "110.30", ()),
        ("not_payable", None, ("second_side_included",)),
    ]
    assert allowed(claim("73030-RT", "73030-LT")) == ["33.64", "33.64"]
    # Indicator 2, priced as bilateral: 93970 is one fee, 178.88.
    assert allowed(claim("93970-RT", "93970-LT")) == ["178.88", None]
    # Two units on one line are both sides already: the other line is another procedure.
    right, left = claim("20610-RT", "20610-LT")
    assert steps([replace(right, units=2), left])[1] == ["fee", "multiple_procedure"]
    # A side whose line is not payable is no side.
    assert allowed(claim("20610-RT-GY", "20610-LT")) == [None, "63.40"]


def test_the_shares_that_are_told() -> None:
    """Each step tells the share it took."""
    done = [
        {step["step"]: step["share"] for step in answer["steps"] if "share" in step}
        for answer in explain_all(priced([*claim("20610-50"), *claim("73030-50", claim_id="C2")]))
    ]
    assert done == [{"both_sides": "150%"}, {"both_sides": "200%"}]
    (_, second) = explain_all(priced(claim("20610-RT", "20610-LT")))
    assert [step.get("share") for step in second["steps"]] == [None, "50%"]


def test_both_sides_rank_as_one_procedure() -> None:
    """Beside 32408 both sides of 20610 are halved: 31.70, and 31.70 x 50% = 15.85."""
    assert allowed(claim("20610-RT", "32408", "20610-LT")) == ["31.70", "792.49", "15.85"]
    # On one line: 95.10 x 50% = 47.55
    assert allowed(claim("32408", "20610-50")) == ["792.49", "47.55"]


# --- multiple procedures


def test_the_ladder_of_a_day() -> None:
    """100, 50, 50, 50, 50 percent in the order of the fees, and the sixth by report."""
    # 297.26 / 2 = 148.63; 277.21 / 2 = 138.605; 251.01 / 2 = 125.505; 129.06 / 2 = 64.53
    lines = claim("10160", "62321", "10005", "32408", "49083", "32555")
    assert answers(lines) == [
        ("by_report", None, ("sixth_procedure",)),
        ("priced", "125.51", ()),
        ("priced", "64.53", ()),
        ("priced", "792.49", ()),
        ("priced", "138.61", ()),
        ("priced", "148.63", ()),
    ]
    reduced = [
        step for one in explain_all(priced(lines)) for step in one["steps"] if step["step"] == "multiple_procedure"
    ]
    assert [(step["rank"], step["share"]) for step in reduced] == [(4, "50%"), (5, "50%"), (3, "50%"), (2, "50%")]


def test_units_take_ranks() -> None:
    """Three units behind a higher procedure take the ranks 2 to 4: 3 x 64.53 = 193.59."""
    dear, cheap = claim("32408", "10005")
    assert allowed([dear, replace(cheap, units=3)]) == ["792.49", "193.59"]
    # Two units in front take the first two: 792.49 + 396.245 -> 396.25; 129.06 / 2
    assert allowed([replace(dear, units=2), cheap]) == ["1188.74", "64.53"]


def test_practitioners_and_assistants_rank_among_themselves() -> None:
    """Two practitioners of one claim-day are paid in full; an add-on (indicator 0) keeps out; so does another day."""
    first, second = claim("32408", "20610")
    known = [replace(first, rendering_npi="1234567893"), replace(second, rendering_npi="1003000126")]
    assert allowed(known) == ["792.49", "63.40"]
    assert allowed(claim("32408", "77002")) == ["792.49", "110.30"]
    assert allowed([first, replace(second, service_date=date(2025, 11, 4))]) == ["792.49", "63.40"]
    # The assistant of 32998 does not rank with the surgeon of 20610.
    assert allowed(claim("32998-80", "20610")) == ["455.90", "63.40"]
    # Equal fees: which line shows the cut is the first's place, the total is the same.
    assert allowed(claim("20610", "20610")) == ["63.40", "31.70"]


def test_imaging_of_one_session() -> None:
    """The second imaging pays half its technical and 95 percent of its professional part."""
    # 71250: 26 1.52 -> 49.1667 -> 49.17, TC 2.53 -> 81.8366 -> 81.84; 74176: 26 2.45 -> 79.25, TC 3.14 -> 101.57
    # 81.84 x 50% = 40.92; 49.17 x 95% = 46.7115 -> 46.71; 87.63. 101.57 + 79.25 = 180.82
    assert allowed(claim("71250", "74176")) == ["87.63", "180.82"]
    assert allowed(claim("71250-26", "74176")) == ["46.71", "180.82"]
    assert allowed(claim("71250-TC", "74176")) == ["40.92", "180.82"]
    # Parts rank each by itself: nothing stands before the only technical part.
    assert allowed(claim("71250-TC", "74176-26")) == ["81.84", "79.25"]
    # 4.05 x 32.3465 = 131.0033 -> 131.00 alone, of another session, or of another practitioner
    assert allowed(claim("71250")) == ["131.00"]
    assert allowed(claim("71250-59", "74176")) == ["131.00", "180.82"]
    assert allowed(claim("71250-XE", "74176")) == ["131.00", "180.82"]
    assert allowed(claim("74176", "71250-59")) == ["180.82", "131.00"]
    one, other = claim("71250", "74176")
    assert allowed([replace(one, same_session=False), other]) == ["131.00", "180.82"]
    assert allowed([replace(one, same_session=True), other]) == ["87.63", "180.82"]
    assert allowed([replace(one, rendering_npi="1234567893"), replace(other, rendering_npi="1003000126")]) == [
        "131.00",
        "180.82",
    ]
    # Two units: 81.84 + 40.92 + 49.17 + 46.71 = 218.64
    assert allowed(claim("71250", units=2)) == ["218.64"]


def test_imaging_is_capped_after_it_is_reduced() -> None:
    """74170: the technical part is 191.81, its OPPS cap 177.91; reduced it is 95.91 and the cap is far."""
    # TC 5.93 x 32.3465 = 191.8147; cap 5.50 -> 177.9058; 26 1.96 -> 63.40. Beside 71250 it ranks first: 177.91 + 63.40
    assert allowed(claim("71250", "74170")) == ["87.63", "241.31"]
    # Beside 74177 (TC 6.61 -> 213.81, 26 2.58 -> 83.4540 -> 83.45) second: 95.905 -> 95.91; 63.40 x 95% = 60.23
    assert allowed(claim("74170", "74177")) == ["156.14", "297.26"]
    assert steps(claim("74170", "74177"))[0] == ["fee", "imaging_family"]
    # Both sides of 73200 (indicator 3): TC 3.49 -> 112.89, cap 3.29 -> 106.4200; 26 1.40 -> 45.2851
    # 106.42 + 112.89 x 50% (56.445 -> 56.45) + 45.29 + 45.29 x 95% (43.0255 -> 43.03) = 251.19
    assert allowed(claim("73200-50")) == ["251.19"]


def test_vessels_of_one_day() -> None:
    """The second vascular test pays three quarters of its technical part, and all of its professional part."""
    # 93970: 26 0.96 -> 31.0526 -> 31.05, TC 4.57 -> 147.8235 -> 147.82; 93971: 26 0.62 -> 20.05, TC 2.92 -> 94.45
    # 94.45 x 75% = 70.8375 -> 70.84; + 20.05 = 90.89. 147.82 + 31.05 = 178.87
    assert allowed(claim("93971", "93970")) == ["90.89", "178.87"]
    # Whether it is the same session is asked of imaging alone.
    assert allowed(claim("93971-59", "93970")) == ["90.89", "178.87"]
    assert steps(claim("93971", "93970")) == [["fee", "cardiovascular_family"]] * 2


# --- the cap, the row and the place


def test_the_cap_of_a_row() -> None:
    """76872: 0.69+5.16+0.04 is more than 0.69+3.52+0.03 = 4.24 -> 137.1492; two units are two caps."""
    assert allowed(claim("76872")) == ["137.15"]
    assert allowed(claim("76872", units=2)) == ["274.30"]
    # TC 3.28 -> 106.0965; 26 has no cap: 0.69+0.25+0.02 = 0.96 -> 31.0526
    assert allowed(claim("76872-TC", "76872-26")) == ["106.10", "31.05"]
    # 71250 has a cap above its fee: no step.
    assert steps(claim("71250", "76872")) == [["fee"], ["fee", "opps_cap"]]


def test_the_row_and_the_place() -> None:
    """A line by itself: its status, component and setting."""
    cases: list[tuple[str, str, Answer]] = [
        ("77002", "22", ("not_payable", None, ("technical_component_in_facility",))),
        ("77002-TC", "22", ("not_payable", None, ("technical_component_in_facility",))),
        ("77002-26", "22", ("priced", "25.55", ())),
        ("77401", "22", ("not_payable", None, ("not_paid_in_facility",))),
        ("20610", "22", ("priced", "43.99", ())),  # 0.79+0.44+0.13 = 1.36 -> 43.9912
        ("32551", "11", ("priced", "149.12", ("rarely_done_in_office",))),  # 3.04+1.04+0.53 = 4.61 -> 149.1174
        ("32551", "22", ("priced", "149.12", ())),
        ("77002-26-TC", "11", ("not_payable", None, ("both_components",))),
        ("20610-26", "11", ("not_payable", None, ("component_not_applicable",))),
        ("20610", "", ("not_checked", None, ("no_place_of_service",))),
        ("20610", "98", ("not_checked", None, ("place_of_service_unassigned",))),
        ("20610-7Q", "11", ("not_checked", None, ("unknown_modifier",))),
        ("99070", "11", ("not_payable", None, ("status_B",))),
        ("77386", "11", ("not_payable", None, ("status_I",))),
        ("G0260", "11", ("not_payable", None, ("status_E",))),
        ("37216", "22", ("not_payable", None, ("status_N",))),
        # Restricted, with values: 17.75+6.72+4.54 = 29.01 -> 938.3720
        ("37215", "22", ("priced", "938.37", ("restricted_coverage",))),
        ("0232T", "11", ("contractor_priced", None, ("contractor_priced",))),
        ("36598", "11", ("priced", "112.57", ())),  # 3.48 -> 112.5658
    ]
    found = alone(*((written, {"place_of_service": place or None}) for written, place, _ in cases))
    assert found == [expected for *_, expected in cases]


def test_what_the_store_does_not_hold() -> None:
    """No release of the day, a code out of scope, a locality or ZIP that is not there."""
    assert answers(claim("20610", service_date=date(2019, 12, 31))) == [("not_checked", None, ("no_schedule",))]
    assert answers(claim("20610", not_billed=True)) == [("not_billed", None, ("not_billed",))]
    assert answers(claim("27130")) == [("not_checked", None, ("outside_scope",))]
    assert answers(claim("20610", mac="99999", locality="99")) == [("not_checked", None, ("locality_not_found",))]
    assert answers(claim("20610", locality=None, zip="00000")) == [("not_checked", None, ("zip_not_found",))]


def test_what_a_facility_line_could_be_paid_as() -> None:
    """A global 77002 in a facility is not payable as billed; as 26 it would be 25.55."""
    done = priced(claim("77002", "20610", **HOSPITAL))
    assert done.recoverable.tolist() == [2555, -1]
    assert priced(claim("77002", "77002-26", **HOSPITAL)).recoverable.tolist() == [2555, -1]
    assert priced(claim("77401", "77401", **HOSPITAL)).recoverable.tolist() == [-1, -1]


def test_status_t_beside_others() -> None:
    """Paid only where nothing else of the practitioner's day is payable on the schedule."""
    # 36591 0.83 -> 26.8476
    assert answers(claim("36591", "20610"))[0] == ("not_payable", None, ("status_T",))
    assert allowed(claim("36591", "36592")) == ["26.85", "28.79"]  # 0.89 -> 28.7884
    assert answers(claim("36591", "0232T"))[0] == ("not_payable", None, ("status_T",))
    assert answers(claim("36591", "10005-80"))[0] == ("not_payable", None, ("status_T",))
    # What is not payable is no companion; nor is another practitioner's line, or another day's.
    assert allowed(claim("36591", "20610-GY"))[0] == "26.85"
    line, other = claim("36591", "20610")
    assert allowed([line, replace(other, service_date=date(2025, 11, 4))])[0] == "26.85"
    assert (
        allowed([replace(line, rendering_npi="1234567893"), replace(other, rendering_npi="1003000126")])[0] == "26.85"
    )


def test_indices_of_a_locality() -> None:
    """Alabama in RVU25D: work 1.000, practice expense 0.869, malpractice 0.575; in RVU26C with a floor."""
    # 0.79 + 1.04 x 0.869 + 0.13 x 0.575 = 0.79 + 0.90376 + 0.07475 = 1.76851 x 32.3465 = 57.2051
    place: dict[str, Any] = {"mac": "10112", "locality": "00"}
    assert allowed(claim("20610", **place)) == ["57.21"]
    (fee,) = explain_all(priced(claim("20610", **place)))[0]["steps"]
    told = ("work_index", "practice_expense_index", "malpractice_index", "conversion_factor")
    assert [fee[name] for name in told] == ["1.000", "0.869", "0.575", "32.3465"]
    # RVU26C: 0.77 x 1.000 + 1.16 x 0.875 + 0.13 x 0.566 = 0.77 + 1.015 + 0.07358 = 1.85858 x 33.4009 = 62.0782
    place["service_date"] = date(2026, 7, 15)
    assert allowed(claim("20610", **place)) == ["62.08"]
    # Without the floor 0.77 x 0.988 = 0.76076: 1.84934 x 33.4009 = 61.7696
    unfloored = replace(payment(), values={**payment().values, WORK_FLOOR: ()})
    assert allowed(claim("20610", **place), unfloored) == ["61.77"]
    # RVU25D has one column, with the floor or without: the same amount.
    place["service_date"] = date(2025, 11, 3)
    assert allowed(claim("20610", **place), unfloored) == ["57.21"]


def test_the_factor_of_qualifying_participants() -> None:
    """20610 of RVU26C: 2.06 x 33.4009 = 68.8059, for a qualifying participant x 33.5675 = 69.1491; none in 2025."""
    day = date(2026, 7, 15)
    assert allowed(claim("20610", service_date=day)) == ["68.81"]
    assert allowed(claim("20610", service_date=day, qualifying_apm=False)) == ["68.81"]
    assert allowed(claim("20610", service_date=day, qualifying_apm=True)) == ["69.15"]
    assert allowed(claim("20610", qualifying_apm=True)) == ["63.40"]


def test_the_first_row_of_a_table_is_a_row() -> None:
    """The earliest release, and the rows that stand first in the pack: 0213T, San Francisco, ZIP 00210."""
    first = date(2020, 1, 15)
    assert answers(claim("0213T", service_date=first)) == [("contractor_priced", None, ("contractor_priced",))]
    # 0.79 x 1.076 + 0.86 x 1.327 + 0.12 x 0.440 = 0.85004 + 1.14122 + 0.0528 = 2.04406 x 36.0896 = 73.7693
    assert allowed(claim("20610", service_date=first, mac="01112", locality="05")) == ["73.77"]
    hospital: dict[str, Any] = {"setting": "hospital", "service_date": date(2025, 2, 3)}
    assert answers(claim("0213T", **hospital)) == [("not_checked", None, ("opps_rates",))]


def assumed(lines: list[ClaimLine], pins: dict[str, str] | None = None) -> list[set[str]]:
    """What was assumed on each line, by its keys."""
    done = price(Batch(claim_table(lines), open_starter(pins) if pins else pack()).line)
    return [
        {note.key for note in done.ledger.assumed if note.where[at]}
        for at in np.argsort(done.line.lines.source).tolist()
    ]


def test_every_default_is_confessed() -> None:
    """A line that says everything assumes nothing; each thing left out is assumed by name."""
    all_said: dict[str, Any] = {
        "setting": "practitioner",
        "participating": True,
        "qualifying_apm": False,
        "deductible_remaining": Decimal(0),
    }
    in_2026 = all_said | {"service_date": date(2026, 7, 15)}
    cases: list[tuple[dict[str, Any], set[str]]] = [
        (all_said, set()),
        (all_said | {"setting": None}, {"setting_practitioner"}),
        (all_said | {"units": None}, {"one_unit"}),
        (all_said | {"locality": None}, {"national_amount"}),
        (all_said | {"participating": None}, {"participating"}),
        (all_said | {"participating": False}, set()),
        (all_said | {"deductible_remaining": None}, {"deductible_met"}),
        # Only the factors of 2026 depend on it.
        (all_said | {"qualifying_apm": None}, set()),
        (in_2026, set()),
        (in_2026 | {"qualifying_apm": None}, {"not_a_qualifying_participant"}),
        (in_2026 | {"qualifying_apm": True}, set()),
        # ZIP2025Q4: 00210 is one locality, 35958 depends on the extension; no other quarter is held.
        (all_said | {"locality": None, "zip": "00210"}, set()),
        (all_said | {"locality": None, "zip": "35958"}, {"zip_without_plus_four"}),
        (all_said | {"locality": "00", "mac": "10112", "zip": "35958"}, set()),
        (all_said | {"zip": "35958"}, set()),
        (in_2026 | {"locality": None, "zip": "00210"}, {"zip_of_another_quarter"}),
        (in_2026 | {"locality": "00", "mac": "10112", "zip": "00210"}, set()),
        (in_2026 | {"locality": None, "zip": "00000"}, set()),
        # What concerns practitioners alone is not assumed of a hospital.
        (NATIONAL | {"setting": "hospital", "locality": None}, set()),
        (NATIONAL | {"setting": "hospital", "locality": None, "zip": "35958"}, set()),
        (
            NATIONAL | {"setting": "hospital", "service_date": date(2026, 7, 15), "zip": "00210", "locality": None},
            set(),
        ),
    ]
    lines = [line for at, (stated, _) in enumerate(cases) for line in claim("77002", claim_id=f"C{at:03d}", **stated)]
    assert assumed(lines) == [expected for _, expected in cases]


def test_a_pinned_release_is_confessed_outside_its_days() -> None:
    """RVU25D is in force from 2025-10-01 to 2025-12-31."""
    days = [date(2025, 9, 30), date(2025, 10, 1), date(2025, 12, 31), date(2026, 1, 1)]
    lines = [line for day in days for line in claim("20610", claim_id=day.isoformat(), service_date=day)]
    found = assumed(lines, {"schedule": "RVU25D", "gpci": "RVU25D"})
    assert ["pinned_release" in keys for keys in found] == [True, False, False, True]
    assert not any("pinned_release" in keys for keys in assumed(lines))


# --- who bills and who pays


def test_who_bills() -> None:
    """The share of the practitioner, then of participation; the limiting charge is of the amount before the latter."""
    cases: list[tuple[str, dict[str, Any], str | None, str | None]] = [
        ("20610", {"participating": True}, "63.40", None),
        # 63.40 x 95% = 60.23; x 109.25% = 69.2645
        ("20610", {"participating": False}, "60.23", "69.26"),
        # 63.40 x 85% = 53.89; x 95% = 51.1955; 53.89 x 109.25% = 58.8748
        ("20610", {"provider_type": "NP", "participating": False}, "51.20", "58.87"),
        ("20610", {"provider_type": "nurse_practitioner"}, "53.89", None),
        ("20610", {"provider_type": "CNM"}, "63.40", None),
        ("20610", {"provider_type": "MD"}, "63.40", None),
        # The technical part is nobody's own work: 84.75; the whole 110.30 x 85% = 93.755, the reading 25.55 x 85%
        ("77002-TC", {"provider_type": "PA"}, "84.75", None),
        ("77002", {"provider_type": "PA"}, "93.76", None),
        ("77002-26", {"provider_type": "PA"}, "21.72", None),
        # A technical service by its indicator (3): 1.23 -> 39.7862
        ("77401", {"provider_type": "PA"}, "39.79", None),
        ("32998-AS", {"provider_type": "PA"}, "387.52", None),
        ("20610-GY", {"participating": False}, None, None),
    ]
    lines = [
        line for at, (written, who, *_) in enumerate(cases) for line in claim(written, claim_id=f"C{at:03d}", **who)
    ]
    found = [(answer["allowed"], answer["limiting_charge"]) for answer in explain_all(priced(lines))]
    assert found == [(amount, limiting) for *_, amount, limiting in cases]


def test_the_charge_is_allowed_where_it_is_lower() -> None:
    """A charge of a cent less is allowed; an equal one changes nothing; for two sides the totals are compared."""
    assert allowed(claim("20610", charge=Decimal("63.39"))) == ["63.39"]
    assert allowed(claim("20610", charge=Decimal("0.00"))) == ["0.00"]
    assert steps(claim("20610", charge=Decimal("63.40"))) == [["fee"]]
    right, left = claim("20610-RT", "20610-LT")
    # Together 95.10. 60 + 36 = 96 is more, though 60 is less than 63.40; 60 + 35 = 95 is less, though 35 exceeds 31.70.
    for charges, expected in (((60, 36), ["63.40", "31.70"]), ((60, 35), ["60.00", "35.00"])):
        lines = [replace(line, charge=Decimal(charge)) for line, charge in zip((right, left), charges, strict=True)]
        assert allowed(lines) == expected
    # Without one of the charges there is no total.
    assert allowed([replace(right, charge=Decimal(10)), left]) == ["63.40", "31.70"]
    assert allowed([right, replace(left, charge=Decimal(10))]) == ["63.40", "31.70"]
    # One fee for both sides (indicator 0): 40 + 40 = 80 is allowed on the line that pays; 60 + 60 is above 110.30.
    for charge, expected_first in ((40, "80.00"), (60, "110.30")):
        assert allowed(claim("77002-RT", "77002-LT", charge=Decimal(charge))) == [expected_first, None]
    # 2 x 55.15 = 110.30 is equal; a cent less is 110.29.
    right, left = claim("77002-RT", "77002-LT", charge=Decimal("55.15"))
    assert steps([right, left])[0] == ["fee"]
    assert allowed([right, replace(left, charge=Decimal("55.14"))]) == ["110.29", None]


def test_what_is_paid_after_the_deductible() -> None:
    """The deductible is spent in the order of the lines of each claim; sequestration is 2 percent of the rest."""
    first = claim("77002", "20610-GY", "20610", "77002", deductible_remaining=Decimal(120))
    second = [replace(line, claim_id="C2", deductible_remaining=Decimal(20)) for line in claim("20610")]
    third = [replace(line, claim_id="C3") for line in claim("20610")]
    found = [
        (answer["medicare_pays"], answer["patient_pays"], answer["sequestration"])
        for answer in explain_all(priced([*first, *second, *third]))
    ]
    assert found == [
        ("0.00", "110.30", "0.00"),  # all of 110.30 is deductible: 9.70 remains
        (None, None, None),
        ("42.10", "20.44", "0.86"),  # 53.70 x 80% = 42.96; 2% = 0.8592; 63.40 - 42.96
        ("86.48", "22.06", "1.76"),  # nothing remains: 110.30 x 80% = 88.24; 2% = 1.7648
        ("34.03", "28.68", "0.69"),  # 43.40 x 80% = 34.72; 2% = 0.6944
        ("49.71", "12.68", "1.01"),  # 63.40 x 80% = 50.72; 2% = 1.0144
    ]
    done = priced([*first, *second, *third])
    assert done.settlement.deductible.tolist() == [11_030, 0, 970, 0, 2_000, 0]


def test_sequestration_by_day() -> None:
    """2 percent until 2020-04-30, none until 2022-03-31, 1 percent until 2022-06-30, then 2."""
    days = ["2020-04-30", "2020-05-01", "2022-03-31", "2022-04-01", "2022-06-30", "2022-07-01"]
    numbers = np.array([day_number(date.fromisoformat(day)) for day in days], np.int32)
    # Of 100,000.00 allowed Medicare's part is 80,000.00: 2 percent is 1,600.00, 1 percent 800.00.
    done = settle(np.full(6, 10_000_000), np.zeros(6, np.int64), numbers, payment())
    assert done.sequestration.tolist() == [160_000, 0, 0, 80_000, 80_000, 160_000]
    assert done.medicare_pays.tolist() == [7_840_000, 8_000_000, 8_000_000, 7_920_000, 7_920_000, 7_840_000]
    assert done.patient_pays.tolist() == [2_000_000] * 6


def test_the_bonus_of_a_shortage_area() -> None:
    """A tenth of what is paid for a physician's professional service."""
    cases: list[tuple[str, dict[str, Any], str | None, tuple[str, ...]]] = [
        # Paid before sequestration: 63.40 x 80% = 50.72, a tenth 5.07; 25.55 x 80% = 20.44, 2.04
        ("20610", {"hpsa": True}, "5.07", ()),
        ("77002-26", {"hpsa": True}, "2.04", ()),
        ("77002", {"hpsa": True}, None, ("bonus_on_professional_component",)),
        ("77002-TC", {"hpsa": True}, None, ()),
        ("77401", {"hpsa": True}, None, ()),
        ("20610", {"hpsa": False}, None, ()),
        ("20610", {}, None, ()),
        ("77002", {}, None, ()),
        ("20610", {"hpsa": True, "provider_type": "PA"}, None, ()),
        ("20610-GY", {"hpsa": True}, None, ("statement_of_no_payment",)),
    ]
    lines = [
        line for at, (written, who, *_) in enumerate(cases) for line in claim(written, claim_id=f"C{at:03d}", **who)
    ]
    assert [answer["bonus"] for answer in explain_all(priced(lines))] == [bonus for *_, bonus, _ in cases]
    assert [reasons for *_, reasons in answers(lines)] == [reasons for *_, reasons in cases]


def test_a_line_without_bonus_or_limit_says_so() -> None:
    """-1 stands for no amount."""
    done = priced(claim("20610", "20610-GY"))
    assert done.bonus.tolist() == done.limiting_charge.tolist() == [-1, -1]
    assert done.allowed.tolist() == [6_340, -1]
    # Nobody pays anything for the line that is not payable: 50.72 less 1.01, and 12.68, are of the other.
    assert done.settlement.medicare_pays.tolist() == [4_971, 0]
    assert done.settlement.patient_pays.tolist() == [1_268, 0]


def test_the_whole_of_a_share_and_a_day_without_value() -> None:
    """The first of the ladder and a midwife are paid in full; a value is nothing on a day on which none is in force."""
    assert payment().ladder == (FULL, FULL // 2, FULL // 2, FULL // 2, FULL // 2)
    assert payment().share("nurse_midwife") == FULL == 100_000
    days = np.array([day_number(date(year, month, day)) for year, month, day in _YEAR_2026], np.int32)
    assert payment().on("qualifying_apm", days).tolist() == [0, 335_675, 335_675, 0]
    assert payment().on("qualifying_apm", days, FULL).tolist() == [FULL, 335_675, 335_675, FULL]


_YEAR_2026 = ((2025, 12, 31), (2026, 1, 1), (2026, 12, 31), (2027, 1, 1))


# --- facilities


def test_a_facility_line() -> None:
    """What OPPS says of the code, and what is not computed."""
    cases: list[tuple[str, dict[str, Any], Answer]] = [
        ("77002", {"setting": "hospital"}, ("packaged", None, ("packaged",))),
        ("77002", {"setting": "asc"}, ("packaged", None, ("packaged",))),
        ("20610", {"setting": "hospital"}, ("not_checked", None, ("opps_rates",))),
        ("20610", {"setting": "asc"}, ("not_checked", None, ("asc_rates",))),
        ("99070", {"setting": "hospital"}, ("not_payable", None, ("not_paid_by_opps",))),
        # OPPS_AddendumB_2025Oct_10.31.25.csv line 8298: 77065 has status A, paid by another schedule
        ("77065", {"setting": "hospital"}, ("not_checked", None, ("opps_other_schedule",))),
        ("27130", {"setting": "hospital"}, ("not_checked", None, ("outside_scope",))),
        ("32405", {"setting": "hospital"}, ("not_checked", None, ("not_in_addendum_b",))),
        ("20610", {"setting": "hospital", "service_date": date(2024, 8, 15)}, ("not_checked", None, ("no_opps",))),
    ]
    assert alone(*((written, more) for written, more, _ in cases)) == [expected for *_, expected in cases]


def test_packaged_in_a_surgery_centre_is_an_assumption() -> None:
    """The addendum of surgery centres is not held, and only a packaged line of one says so."""
    words = "ASC addendum not in the store: packaged as under OPPS"
    lines = [
        replace(line, setting=setting)
        for line, setting in zip(
            claim("77002", "77002", "20610", "77002"), ("asc", "hospital", "asc", "practitioner"), strict=True
        )
    ]
    assert [words in answer["assumed"] for answer in explain_all(priced(lines))] == [True, False, False, False]
