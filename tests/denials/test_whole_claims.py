"""What a payer says of a claim as a whole: reasons, remarks and money that its lines do not hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trocar.denials.analysis import reconcile
from trocar.denials.contract_file import parse_contracts
from trocar.denials.ingest import add_claims
from trocar.denials.reconciliation import reconciliation
from trocar.denials.sections import SECTIONS
from trocar.engine.pack import Pack

from .conftest import HEADER, Bench, Payment, claim

LINE = "20610:RT*200*{paid}**1~DTM*472*20240815"


def whole(head: str, said: str, *lines: str) -> str:
    """A claim with segments of its own before its patient."""
    return claim(head, *lines).replace("~NM1*QC", f"~{said}~NM1*QC", 1)


def outcomes(bench: Bench, pack: Pack) -> list[tuple[object, ...]]:
    """Line, outcome, group, reason, charge, payment, denied and patient's part (cents) of every line."""
    query = 'SELECT line, outcome, "group", carc, charge_cents, paid_cents, denied_cents, patient_cents FROM outcome'
    return bench.analysed(pack).database.execute(f"{query} ORDER BY line").fetchall()


def test_a_denial_of_the_claim_is_that_of_its_lines(bench: Bench, pack: Pack) -> None:
    """CO-29 of 300.01 at the claim, two lines of 200.00 and 100.01 with nothing paid and no reason: each has its part.

    Without it the lines were denials without a reason, to be appealed.
    """
    lines = (LINE.format(paid="0"), "99213*100.01*0**1~DTM*472*20240815")
    bench.remit(Payment("0", [whole("M1*4*300.01*0*0*MB*I1*11*1", "CAS*CO*29*300.01", *lines)], number="Z"))
    assert outcomes(bench, pack) == [
        (1, "denied", "CO", "29", 20000, 0, 20000, 0),
        (2, "denied", "CO", "29", 10001, 0, 10001, 0),
    ]
    items = bench.analysed(pack).items
    assert [item.action.split(":")[0] for item in items] == ["prove timely filing"] * 2


def test_several_reasons_of_the_claim_are_parted_to_the_cent(bench: Bench, pack: Pack) -> None:
    """Three lines lack 100.00 each; of CO-45 200.00 and PR-1 100.00 each gets a third, and nothing is lost.

    20000 x 10000 / 30000 = 6666.67: the lines get 6666, 6667 and 6667 cents; 3333, 3333 and 3334 of the other.
    """
    lines = [f"9921{n}*100*0**1~DTM*472*20240815" for n in (3, 4, 5)]
    said = "CAS*CO*45*200~CAS*PR*1*100"
    bench.remit(Payment("0", [whole("M1*1*300*0*100*MB*I1*11*1", said, *lines)], number="Z"))
    database = bench.analysed(pack).database
    query = "SELECT adjusted_cents, patient_cents FROM outcome ORDER BY line"
    assert database.execute(query).fetchall() == [(9999, 3333), (10000, 3333), (10001, 3334)]


def test_a_share_of_the_claim_stays_with_the_claim(bench: Bench, pack: Pack) -> None:
    """The line is paid in full and adds up; 50.00 of the claim are the patient's: 150.00 were paid, not 200.00."""
    text = whole("M1*1*200*150*50*MB*I1*11*1", "CAS*PR*1*50", LINE.format(paid="200"))
    bench.remit(Payment("150", [text]))
    assert outcomes(bench, pack) == [
        (0, "paid", "PR", "1", 0, -5000, 0, 5000),
        (1, "paid", None, None, 20000, 20000, 0, 0),
    ]
    said = {row["what"]: row["value"] for row in SECTIONS["overview"](bench.analysed(pack)).rows}
    assert (said["charges"], said["paid"]) == (Decimal("200.00"), Decimal("150.00"))
    assert said["patient responsibility"] == Decimal("50.00")


def test_what_was_allowed_for_a_line_is_not_known_where_the_claim_was_cut(bench: Bench, pack: Pack) -> None:
    """CO-45 of 120.00 at the claim: the line looks as if all of its charge were allowed. AMT*B6 would say it."""
    text = whole("M1*1*200*80*0*CI*I1*11*1", "CAS*CO*45*120", LINE.format(paid="200"))
    bench.remit(Payment("80", [text]))
    agreed = parse_contracts(b'[[contract]]\npayer = ["00001"]\nfee = 80\n', "c.toml", lambda name: b"")
    section = SECTIONS["underpaid"](bench.analysed(pack, agreed))
    assert section.rows == []
    assert "1 line is not compared: the payer adjusted the claim as a whole" in section.notes[1]


def test_a_remark_of_the_claim_holds_for_its_lines(bench: Bench, pack: Pack) -> None:
    """MOA with MA130: no right of appeal. It stands at the claim and decides what is done with the line."""
    denied = LINE.format(paid="0") + "~CAS*CO*97*200"
    text = claim("M1*4*200*0*0*MB*I1*11*1", denied).replace("~DTM*050", "~MOA***MA130*N390~DTM*050", 1)
    bench.remit(Payment("0", [text], number="Z"))
    analysis = bench.analysed(pack)
    (line,) = SECTIONS["lines"](analysis).rows
    assert line["remarks"] == "MA130 N390"
    (item,) = analysis.items
    assert item.not_worth.startswith("MA130: the payer gives no right of appeal")
    assert [row["remark"] for row in SECTIONS["remarks"](analysis).rows] == ["MA130", "N390"]


def test_a_claim_without_a_status_is_not_lost(bench: Bench, pack: Pack) -> None:
    """CLP02 is empty: an error of the X12, and an answer all the same."""
    text = claim("M1**200*80*0*MB*I1*11*1", LINE.format(paid="80") + "~CAS*CO*45*120")
    bench.remit(Payment("80", [text]))
    assert outcomes(bench, pack) == [(1, "paid", "CO", "45", 20000, 8000, 0, 0)]


def test_nothing_written_is_nothing_paid(bench: Bench, pack: Pack) -> None:
    """SVC03 is empty where nothing was paid: a denial, not a cut."""
    bench.remit(Payment("0", [claim("M1*4*200*0*0*MB*I1*11*1", LINE.format(paid="") + "~CAS*CO*97*200")], number="Z"))
    assert outcomes(bench, pack) == [(1, "denied", "CO", "97", 20000, 0, 20000, 0)]
    (balance,) = reconciliation(reconcile(bench.book))[0].rows
    assert balance["lines_out_of_balance"] == 0


def test_a_predetermination_is_no_answer(bench: Bench, pack: Pack) -> None:
    """Status 25: a price said beforehand, nothing paid and nothing denied."""
    said = LINE.format(paid="0") + "~CAS*CO*45*120~CAS*OA*101*80"
    bench.remit(Payment("0", [claim("PD*25*200*0*0*CI*I1*11*1", said)], number="Z"))
    analysis = bench.analysed(pack)
    assert outcomes(bench, pack) == []
    told = {row["what"]: row["value"] for row in SECTIONS["overview"](analysis).rows}
    assert told["claims answered"] == 0
    assert told["claims priced beforehand (predeterminations), apart"] == 1


def test_interest_of_a_payment_that_came_twice_counts_once(bench: Bench, pack: Pack) -> None:
    """L6 of 2.00 in a payment, which comes again in another file beside another payment."""
    paid = claim("M1*1*200*80*0*MB*I1*11*1", LINE.format(paid="80") + "~CAS*CO*45*120")
    first = Payment("82", [paid], provider=["PLB*1234567893*20241231*L6*-2"])
    denied = claim("M2*4*200*0*0*MB*I1*11*1", LINE.format(paid="0") + "~CAS*CO*97*200")
    bench.remit(first)
    bench.remit(first, Payment("0", [denied], number="Z"))
    told = {row["what"]: row["value"] for row in SECTIONS["overview"](bench.analysed(pack)).rows}
    assert told["interest, apart"] == Decimal("2.00")


def test_the_charge_of_a_claim_counts_once_whoever_answers(bench: Bench, pack: Pack) -> None:
    """200.00 charged; the first payer (status 19) pays 80.00, the second 20.00."""
    first = LINE.format(paid="80") + "~CAS*CO*45*100~CAS*PR*2*20"
    second = LINE.format(paid="20") + "~CAS*OA*23*180"
    bench.remit(
        Payment("80", [claim("F1*19*200*80*20*MB*I1*11*1", first)]),
        Payment("20", [claim("F1*2*200*20*0*MC*J1*11*1", second)], number="E2", payer="SECOND", payer_id="99"),
    )
    told = {row["what"]: row["value"] for row in SECTIONS["overview"](bench.analysed(pack)).rows}
    assert (told["charges"], told["paid"]) == (Decimal("200.00"), Decimal("100.00"))
    assert told["patient responsibility"] == Decimal("0.00")


@pytest.mark.parametrize("number", ["~REF*6R*LN1", ""])
def test_a_line_answered_with_several_is_not_compared_line_by_line(bench: Bench, pack: Pack, number: str) -> None:
    """Two units sent on one line, answered with two lines of one unit, with and without the line's number.

    Medicare's fee is that of two units: each half of the answer would be underpaid.
    """
    path = bench.folder / "sent.csv"
    row = "S1,1,2024-08-15,20610,RT,11,NATIONAL,M17.11,2,400.00,MEDICARE,P1,LN1\n"
    path.write_text(HEADER.strip() + ",line_control_number\n" + row)
    add_claims(bench.book, path)
    half = LINE.format(paid="80") + f"~CAS*CO*45*120{number}"
    bench.remit(Payment("160", [claim("S1*1*400*160*0*MB*I1*11*1", half, half)]))
    analysis = bench.analysed(pack)
    matched = analysis.database.execute("SELECT claim_id, line FROM matched").fetchall()
    assert matched == [("S1", 1), ("S1", 1)]
    section = SECTIONS["underpaid"](analysis)
    assert section.rows == []
    assert "2 lines are not compared: one line sent was answered with several" in section.notes[1]


def test_a_second_payer_may_deny_what_the_first_left(bench: Bench, pack: Pack) -> None:
    """Status 4 with OA-23: the 20.00 that the first payer left are denied as late, and the claim counts once."""
    first = LINE.format(paid="80") + "~CAS*CO*45*100~CAS*PR*2*20"
    second = LINE.format(paid="0") + "~CAS*OA*23*180~CAS*CO*29*20"
    bench.remit(
        Payment("80", [claim("F1*1*200*80*20*MB*I1*11*1", first)]),
        Payment("0", [claim("F1*4*200*0*0*CI*J1*11*1", second)], number="E2", payer="SECOND", payer_id="99"),
    )
    assert [(row[1], row[3], row[6]) for row in outcomes(bench, pack) if row[1] != "paid"] == [("denied", "29", 2000)]
    told = {row["what"]: row["value"] for row in SECTIONS["overview"](bench.analysed(pack)).rows}
    assert (told["charges"], told["patient responsibility"]) == (Decimal("200.00"), Decimal("0.00"))


def test_a_claim_without_lines_is_an_answer(bench: Bench, pack: Pack) -> None:
    """An institutional claim denied as a whole: one answer, denied at first, though it names no line."""
    bench.remit(Payment("0", [whole("H1*4*900*0*0*CI*I1*13*1", "CAS*CO*29*900")], number="Z"))
    analysis = bench.analysed(pack)
    told = {row["what"]: row["value"] for row in SECTIONS["overview"](analysis).rows}
    assert told["lines denied at first"] == "1 of 1 (100.0%)"
    (payer,) = SECTIONS["payers"](analysis).rows
    assert (payer["denied_at_first"], payer["charges_denied"]) == (1, Decimal("900.00"))
    (reason,) = SECTIONS["reasons"](analysis).rows
    assert (reason["carc"], reason["first_pass_denial_rate"]) == ("29", "100.0%")
