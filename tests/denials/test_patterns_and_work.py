"""Patterns of unexplained denials, and the worklist: chances, deadlines, what is not worth working."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from trocar.denials.contracts import Contract, Contracts, Term
from trocar.denials.sections import SECTIONS
from trocar.engine.pack import Pack

from .conftest import Bench, Payment, claim

ACME = Contracts(
    (
        Contract(
            name="Acme",
            payers=frozenset({"acme1"}),
            first=date(2024, 1, 1),
            last=date(2024, 12, 31),
            base=Term(fee=Decimal("70")),
            appeal_days=60,
        ),
    )
)


def _sent(name: str, modifier: str = "RT") -> str:
    return f"{name},1,2024-08-15,20610,{modifier},11,NATIONAL,M17.11,1,200.00,M,{name}\n"


def _denied(name: str, reason: str = "CO*97", modifier: str = "RT", more: str = "", filing: str = "CI") -> str:
    line = f"20610:{modifier}*200*0**1~DTM*472*20240815~CAS*{reason}*200{more}"
    return claim(f"{name}*4*200*0*0*{filing}*ICN{name}*11*1", line, patient=name)


def _paid(name: str, modifier: str = "RT", filing: str = "CI") -> str:
    line = f"20610:{modifier}*200*70**1~DTM*472*20240815~CAS*CO*45*130"
    return claim(f"{name}*1*200*70*0*{filing}*ICN{name}*11*1", line, patient=name)


def test_a_policy_on_one_modifier_is_found_and_nothing_else(bench: Bench, pack: Pack) -> None:
    """LT is denied 8 of 8 times and RT 1 of 40: the pattern is the modifier; neither the code nor the month is one."""
    names = {f"L{n}": "LT" for n in range(8)} | {f"R{n}": "RT" for n in range(40)}
    bench.sent("".join(_sent(name, modifier) for name, modifier in names.items()))
    denied = {name for name in names if name.startswith("L")} | {"R0"}
    claims = [
        _denied(name, modifier=modifier) if name in denied else _paid(name, modifier)
        for name, modifier in names.items()
    ]
    bench.remit(Payment("2730", claims, payer_id="ACME1"))  # 39 x 70
    (found,) = bench.analysed(pack, ACME).patterns
    assert (found.hcpcs, found.modifier, found.place_of_service, found.month) == ("20610", "LT", None, None)
    assert (found.lines, found.denied, found.others) == (8, 8, 1 / 40)
    # Wilson, 8 of 8: n / (n + z^2) = 8 / (8 + 3.8415) = 0.6756
    assert abs(found.low - 0.6756) < 0.0001
    assert found.charge == Decimal("1600.00")


def test_explained_denials_make_no_pattern(bench: Bench, pack: Pack) -> None:
    """What data or patients explain is no hypothesis about the payer."""
    names = [f"L{n}" for n in range(8)]
    bench.sent("".join(_sent(name) for name in names))
    bench.remit(Payment("0", [_denied(name, "CO*16") for name in names], number="Z", payer_id="ACME1"))
    assert bench.analysed(pack, ACME).patterns == []


def test_the_expected_recovery_is_the_stake_times_the_share_won(bench: Bench, pack: Pack) -> None:
    """Four of five denials were paid later: of a stake of 70.00, 70 x 4 / 5 = 56.00 is expected."""
    names = [f"A{n}" for n in range(5)]
    bench.sent("".join(_sent(name) for name in [*names, "N1"]))
    bench.remit(Payment("0", [_denied(name) for name in [*names, "N1"]], number="Z", payer_id="ACME1"))
    again = [*(_paid(name) for name in names[:4]), _denied("A4")]
    bench.remit(Payment("280", again, number="EFT2", day="20240920", payer_id="ACME1"))
    items = {item.row["claim_id"]: item for item in bench.analysed(pack, ACME).items}
    assert set(items) == {"A4", "N1"}
    assert (items["N1"].stake, items["N1"].expected) == (Decimal("70.00"), Decimal("56.00"))
    assert "4 of 5 won when judged again by this payer for such a reason" in items["N1"].basis


def test_without_outcomes_no_chance_is_made_up(bench: Bench, pack: Pack) -> None:
    """The stake is known, the chance is not."""
    bench.sent(_sent("N1"))
    bench.remit(Payment("0", [_denied("N1")], number="Z", payer_id="ACME1"))
    (item,) = bench.analysed(pack, ACME).items
    assert (item.stake, item.expected) == (Decimal("70.00"), None)
    assert "no outcomes yet" in item.basis


def test_the_last_day_of_an_appeal_is_still_in_time(bench: Bench, pack: Pack) -> None:
    """Paid 2024-09-01, 60 days: 2024-10-31 is in time, 2024-11-01 is not."""
    bench.sent(_sent("N1"))
    bench.remit(Payment("0", [_denied("N1")], number="Z", payer_id="ACME1"))
    (in_time,) = bench.analysed(pack, ACME, date(2024, 10, 31)).items
    (late,) = bench.analysed(pack, ACME, date(2024, 11, 1)).items
    assert (in_time.deadline, in_time.not_worth) == (date(2024, 10, 31), "")
    assert late.not_worth == "the last day was 2024-10-31"


def test_medicare_has_its_own_limits(bench: Bench, pack: Pack) -> None:
    """An appeal: 2024-09-01 + 125 days = 2025-01-04. A correction: a year after the service."""
    bench.sent(_sent("N1") + _sent("N2"))
    bench.remit(Payment("0", [_denied("N1", filing="MB"), _denied("N2", "CO*16", filing="MB")], number="Z"))
    items = {item.row["claim_id"]: item for item in bench.analysed(pack).items}
    assert items["N1"].deadline == date(2025, 1, 4)  # 29 days of September, 31, 30, 31, and 4: 125
    assert items["N2"].deadline == date(2025, 8, 15)


def test_what_is_not_worth_working_is_said(bench: Bench, pack: Pack) -> None:
    """The patient's part, and a denial against which there is no appeal."""
    bench.sent(_sent("P1") + _sent("M1"))
    denials = [_denied("P1", "PR*204"), _denied("M1", more="~LQ*HE*MA130")]
    bench.remit(Payment("0", denials, number="Z", payer_id="ACME1"))
    items = {item.row["claim_id"]: item for item in bench.analysed(pack, ACME).items}
    assert "holds the patient liable" in items["P1"].not_worth
    assert items["P1"].action.startswith("bill the patient")
    assert items["M1"].not_worth.startswith("MA130")


def test_a_denial_the_law_supports_is_not_worth_an_appeal(bench: Bench, pack: Pack) -> None:
    """77301/77014, indicator 0: what the rule says is given with the line."""
    row = "B1,{n},2024-08-15,{code},26,22,NATIONAL,C61,1,100.00,M,P1\n"
    bench.sent(row.format(n=1, code="77301") + row.format(n=2, code="77014"))
    first = "77301:26*100*80**1~DTM*472*20240815~CAS*CO*45*20"
    second = "77014:26*100*0**1~DTM*472*20240815~CAS*CO*236*100"
    bench.remit(Payment("80", [claim("B1*1*200*80*0*CI*ICN1*22*1", first, second)], payer_id="ACME1"))
    (item,) = bench.analysed(pack, ACME).items
    assert item.not_worth.startswith("NC001 supports the payer")


def test_first_pass_rates_are_counted_by_what_they_share(bench: Bench, pack: Pack) -> None:
    """Four lines first answered, one denied: 25%; the same line paid later stays a denial at first."""
    bench.sent("".join(_sent(name) for name in ("D1", "P1", "P2")) + _sent("P3", "LT"))
    bench.remit(Payment("210", [_denied("D1", more="~LQ*HE*M15"), _paid("P1"), _paid("P2"), _paid("P3", "LT")]))
    bench.remit(Payment("70", [_paid("D1")], number="EFT2", day="20241003"))
    analysis = bench.analysed(pack)
    tables = {name: build(analysis).rows for name, build in SECTIONS.items()}
    (code,) = tables["codes"]
    assert (code["lines"], code["denied_at_first"], code["first_pass_denial_rate"]) == (4, 1, "25.0%")
    assert [(row["modifier"], row["lines"], row["first_pass_denial_rate"]) for row in tables["modifiers"]] == [
        ("RT", 3, "33.3%")
    ]
    assert [(row["month"], row["lines"]) for row in tables["months"]] == [("2024-09", 4)]
    assert [(row["remark"], row["lines"]) for row in tables["remarks"]] == [("M15", 1)]
    assert tables["payers"][0]["days_to_payment"] == 12  # 2024-08-20 to 2024-09-01; the later payment is of one line
    assert tables["reasons"] == []


def test_codes_of_one_day_are_counted_together(bench: Bench, pack: Pack) -> None:
    """77002 is denied beside 20610 in one of two claims; alone it is paid."""
    lines = "20610*200*70**1~DTM*472*20240815~CAS*CO*45*130", "77002*90*{paid}**1~DTM*472*20240815~CAS*CO*{why}*{cut}"
    denied = lines[1].format(paid=0, why=97, cut=90)
    paid = lines[1].format(paid=40, why=45, cut=50)
    claims = [
        claim("A1*1*290*70*0*CI*I1*11*1", lines[0], denied, patient="A"),
        claim("A2*1*290*110*0*CI*I2*11*1", lines[0], paid, patient="B"),
        claim("A3*1*90*40*0*CI*I3*11*1", paid, patient="C"),
    ]
    bench.remit(Payment("220", claims))
    rows = SECTIONS["code_pairs"](bench.analysed(pack)).rows
    assert [(row["codes"], row["lines"], row["denied_at_first"]) for row in rows] == [("77002 beside 20610", 2, 1)]


def test_a_reason_says_what_to_do_until_when_and_where_it_stands(bench: Bench, pack: Pack) -> None:
    """Paid 2024-09-01, 60 days: 2024-10-31; the code's row in the store is cited."""
    bench.sent(_sent("N1"))
    bench.remit(Payment("0", [_denied("N1")], number="Z", payer_id="ACME1"))
    (row,) = SECTIONS["reasons"](bench.analysed(pack, ACME)).rows
    assert (row["carc"], row["first_pass_denial_rate"]) == ("97", "100.0%")
    assert row["deadline"].startswith("2024-10-31 the nearest: ")
    assert "CARC2024-06" in row["sources"]
    assert row["handle"]
    assert row["prevent"]


def test_what_is_done_goes_by_the_reason(bench: Bench, pack: Pack) -> None:
    """A claim filed too late is not corrected; another payer's part goes to that payer; no rule found is said."""
    bench.sent(_sent("T1") + _sent("O1") + _sent("D1") + _sent("N1"))
    denials = [_denied("T1", "CO*29"), _denied("O1", "CO*22"), _denied("D1", "CO*16"), _denied("N1")]
    bench.remit(Payment("0", denials, number="Z", payer_id="ACME1"))
    items = {item.row["claim_id"]: item for item in bench.analysed(pack, ACME).items}
    assert items["T1"].action.startswith("prove timely filing: Show the payer proof")
    assert items["O1"].action.startswith("bill the other payer: ")
    assert items["O1"].deadline is None
    assert items["D1"].action.startswith("correct: ")
    assert items["N1"].action.startswith("appeal: No public rule says so. ")


def test_medicare_takes_no_appeal_of_late_filing(bench: Bench, pack: Pack) -> None:
    """No last day is made up, and why there is none stands with the line and with the reason."""
    bench.sent(_sent("T1"))
    bench.remit(Payment("0", [_denied("T1", "CO*29", filing="MB")], number="Z"))
    analysis = bench.analysed(pack)
    (item,) = analysis.items
    assert item.deadline is None
    assert "42 CFR 405.926" in item.deadline_basis
    (reason,) = SECTIONS["reasons"](analysis).rows
    assert reason["deadline"] == item.deadline_basis


def test_the_denial_of_a_copy_changes_nothing(bench: Bench, pack: Pack) -> None:
    """A claim paid 80.00 was sent again, and the copy denied (OA-18): nothing more is charged or denied."""
    paid = claim("A*1*200*80*0*MB*I1*11*1", "20610:RT*200*80**1~DTM*472*20240815~CAS*CO*45*120")
    copy = claim("A*4*200*0*0*MB*I2*11*1", "20610:RT*200*0**1~DTM*472*20240815~CAS*OA*18*200")
    bench.remit(Payment("80", [paid]))
    bench.remit(Payment("0", [copy], number="Z", day="20241101"))
    analysis = bench.analysed(pack)
    told = {row["what"]: row["value"] for row in SECTIONS["overview"](analysis).rows}
    assert (told["charges"], told["lines denied now"]) == (Decimal("200.00"), 0)
    assert SECTIONS["worklist"](analysis).rows == []
    (left,) = SECTIONS["leave"](analysis).rows
    assert (left["carc"], left["why"].split(":")[0]) == (
        "OA-18",
        "the line was answered before, and that answer stands",
    )


def test_the_denial_of_a_copy_of_nothing_known_is_worked(bench: Bench, pack: Pack) -> None:
    """The first claim is not in the book: the denial is all that is known of the line."""
    copy = claim("A*4*200*0*0*MB*I2*11*1", "20610:RT*200*0**1~DTM*472*20240815~CAS*OA*18*200")
    bench.remit(Payment("0", [copy], number="Z"))
    (row,) = SECTIONS["worklist"](bench.analysed(pack)).rows
    assert row["carc"] == "OA-18"
