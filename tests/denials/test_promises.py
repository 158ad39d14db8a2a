"""What a reader of remittances must do beyond reading: flows of money, other payers, split payments, changed lines."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from trocar.core.errors import ClaimInputError
from trocar.denials.analysis import reconcile
from trocar.denials.ingest import add_deposits
from trocar.denials.reconciliation import reconciliation

from .conftest import Bench, Payment, claim, era
from .test_books import CORRECTED, PAID, TAKEN_BACK

PLB = "PLB*1234567893*20241231*"


def _rows(bench: Bench, section: str) -> list[dict[str, Any]]:
    return {found.id: found.rows for found in reconciliation(reconcile(bench.book))}[section]


def test_a_recovery_put_off_is_found_again_when_it_is_taken(bench: Bench) -> None:
    """52.19 is taken back by a reversal and put off (WO -52.19); a later payment of 60.00 is 7.81 with WO 52.19."""
    bench.remit(Payment("52.19", [PAID]))
    # -52.19 - (-52.19) = 0
    bench.remit(Payment("0", [TAKEN_BACK], number="EFT2", day="20240910", provider=[f"{PLB}WO:ICN1*-52.19"]))
    (row,) = _rows(bench, "provider")
    assert (row["claims_named"], row["carried"], row["state"]) == (
        "A1",
        Decimal("-52.19"),
        "put off, still to be taken back",
    )
    assert _rows(bench, "reversals")[0]["put_off"] == Decimal("52.19")
    other = CORRECTED.replace("A1*", "A2*").replace("ICN1A", "ICN2")
    bench.remit(Payment("7.81", [other], number="EFT3", day="20240920", provider=[f"{PLB}WO:ICN1*52.19"]))
    assert [row["state"] for row in _rows(bench, "provider")] == ["settled", "settled"]
    assert _rows(bench, "reversals")[0]["put_off"] == Decimal("0.00")
    assert [row["difference"] for row in _rows(bench, "balance")] == [0, 0, 0]


def test_a_refund_received_meets_its_recovery(bench: Bench) -> None:
    """The provider sent 10.00 by check: 72 and WO of one claim cancel, and nothing moves."""
    bench.remit(Payment("52.19", [PAID], provider=[f"{PLB}72:ICN1*-10*WO:ICN1*10"]))
    rows = _rows(bench, "provider")
    assert [(row["reason"], row["state"]) for row in rows] == [("72", "settled"), ("WO", "settled")]
    assert rows[0]["means"] == "a refund of the provider received by the payer"


def test_a_forward_balance_is_carried_to_zero(bench: Bench) -> None:
    """A payment of -52.19 can't be made: FB carries it, and two later payments give it back (40.00 and 12.19)."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("0", [TAKEN_BACK], number="EFT2", day="20240910", provider=[f"{PLB}FB:EFT2*-52.19"]))
    assert [row["state"] for row in _rows(bench, "provider")] == ["carried forward, still to be taken from a payment"]
    for number, day, paid, taken in (("EFT3", "20240920", "20", "40"), ("EFT4", "20240930", "47.81", "12.19")):
        other = CORRECTED.replace("A1*", f"{number}*").replace("ICN1A", f"ICN{number}")
        bench.remit(Payment(paid, [other], number=number, day=day, provider=[f"{PLB}FB:EFT2*{taken}"]))
    rows = _rows(bench, "provider")
    assert [row["carried"] for row in rows] == [Decimal("-52.19"), Decimal("-12.19"), Decimal("0.00")]
    assert {row["state"] for row in rows} == {"settled"}


def test_every_pair_of_an_adjustment_is_kept_with_its_meaning(bench: Bench) -> None:
    """Six pairs in one PLB: 52.19 - (-2 + 5 + 3 + 1 + 4 + 0.19) = 41.00; interest, levy, and what is not known."""
    pairs = "L6:INT*-2*IR:LEVY*5*CS:FRAUD*3*J1*1*50:LATE*4*ZZ*0.19"
    bench.remit(Payment("41", [PAID], provider=[PLB + pairs]))
    rows = {row["reason"]: row for row in _rows(bench, "provider")}
    assert list(rows) == ["50", "CS", "IR", "J1", "L6", "ZZ"]
    assert rows["L6"]["means"] == "interest for late payment"
    assert rows["ZZ"]["means"] == "a reason this version has no words for"
    assert _rows(bench, "balance")[0]["difference"] == 0


def test_a_reference_may_name_several_claims(bench: Bench) -> None:
    """Claim number, the payer's number and the payment's between blanks; Medicare's number at the third place."""
    second = CORRECTED.replace("A1*1*", "CLAIM-22*1*").replace("ICN1A", "25000000000000022")
    adjustments = [f"{PLB}WO:CLAIM-22 ICN1 EFT1*1", f"{PLB}WO:0025000000000000022     HIC*2"]
    bench.remit(Payment("109.19", [PAID, second], provider=adjustments))  # 52.19 + 60 - 1 - 2
    assert [row["claims_named"] for row in _rows(bench, "provider")] == ["A1 CLAIM-22", "CLAIM-22"]
    adjustments = [f"{PLB}WO:CLAIM-22/ICN10000*1"]
    third = CORRECTED.replace("A1*", "A3*").replace("ICN1A", "ICN10000")
    bench.remit(Payment("59", [third], number="EFT9", provider=adjustments))
    assert _rows(bench, "provider")[-1]["claims_named"] == "A3 CLAIM-22"


def test_a_reversal_must_turn_every_sign(bench: Bench) -> None:
    """The write-off comes back as the patient's: amounts balance, adjustments do not."""
    wrong = TAKEN_BACK.replace("CAS*CO*45*-134.76", "CAS*PR*1*-134.76")
    bench.remit(Payment("52.19", [PAID]), Payment("7.81", [wrong, CORRECTED], number="EFT2"))
    assert _rows(bench, "reversals")[0]["state"] == "its adjustments are not those of the claim with the sign turned"


def test_a_correction_before_its_reversal_is_told(bench: Bench) -> None:
    """Request for interpretation 791: the reversal comes first."""
    bench.remit(Payment("52.19", [PAID]), Payment("7.81", [CORRECTED, TAKEN_BACK], number="EFT2"))
    assert _rows(bench, "reversals")[0]["state"] == "paired; the correction came before the reversal"


def test_a_reversal_under_another_claim_number_is_paired_by_the_payers(bench: Bench) -> None:
    """The payer's own number is the same."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("0", [TAKEN_BACK.replace("A1*", "0*")], number="EFT2", provider=[f"{PLB}FB*-52.19"]))
    (row,) = _rows(bench, "reversals")
    assert (row["state"], row["first_paid"]) == ("not yet corrected", Decimal("52.19"))


def test_parts_of_a_replacement_stand_side_by_side(bench: Bench) -> None:
    """The first claim is replaced (frequency 7) and answered in two parts: both stand, the first claim does not."""
    line = "20610:RT*100*40**1~DTM*472*20240815~CAS*CO*45*60"
    bench.remit(Payment("40", [claim("A*1*100*40*0*MB*I1*11*1", line)]))
    parts = [
        claim("A*1*100*40*0*MB*I2*11*7", line),
        claim("A*1*50*20*0*MB*I3*11*7", "77002:26*50*20**1~DTM*472*20240815~CAS*CO*45*30"),
    ]
    bench.remit(Payment("60", parts, number="E2", day="20241001"))
    query = "SELECT payer_claim_control_number FROM outcome WHERE stands ORDER BY 1"
    assert reconcile(bench.book).execute(query).fetchall() == [("I2",), ("I3",)]


def test_a_claim_paid_again_without_a_reversal_is_told(bench: Bench) -> None:
    """52.19 and then 60.00 for the same claim: nothing was taken back."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("60", [CORRECTED], number="EFT2", day="20240930"))
    (row,) = _rows(bench, "repeated")
    assert (row["first_paid"], row["paid_again"]) == (Decimal("52.19"), Decimal("60.00"))
    bench.remit(Payment("0", [TAKEN_BACK], number="EFT3", day="20241001", provider=[f"{PLB}FB*-52.19"]))
    assert _rows(bench, "repeated") == []


def _second(adjustments: str, paid: str = "13.05", status: str = "2") -> str:
    line = f"20610:RT*200*{paid}**1~DTM*472*20240815~{adjustments}"
    return claim(f"A1*{status}*200*{paid}*0*CI*SEC1*11*1", line)


def test_a_second_payer_accounts_for_the_whole_charge_and_nothing_is_written_off_twice(bench: Bench) -> None:
    """52.19 paid, 134.76 written off, 13.05 left; the second pays that: 200 - 52.19 - 134.76 - 13.05 = 0."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("13.05", [_second("CAS*OA*23*186.95")], number="S1", day="20240930", payer_id="TWO"))
    (row,) = _rows(bench, "other_payers")
    assert (row["earlier_payers"], row["left_to_write_off"]) == (Decimal("186.95"), Decimal("0.00"))
    assert row["state"] == "accounts for the whole charge"


def test_what_three_payers_leave_is_written_off_once(bench: Bench) -> None:
    """200.00 - 80.00 - 15.00 paid by the first two, 0.00 by the third, 100.00 written off by the first: 5.00 is left.

    Said with the last answer alone: with each it would be written off twice.
    """
    first = "20610:RT*200*80**1~DTM*472*20240815~CAS*CO*45*100~CAS*PR*2*20"
    second = "20610:RT*200*15**1~DTM*472*20240815~CAS*OA*23*180~CAS*CO*45*5"
    third = "20610:RT*200*0**1~DTM*472*20240815~CAS*OA*23*195~CAS*CO*45*5"
    bench.remit(
        Payment("80", [claim("F1*1*200*80*20*MB*I1*11*1", first)]),
        Payment("15", [claim("F1*2*200*15*0*CI*J1*11*1", second)], number="E2", payer="SECOND", payer_id="99"),
        Payment("0", [claim("F1*3*200*0*0*MC*K1*11*1", third)], number="E3", payer="THIRD", payer_id="77"),
    )
    rows = _rows(bench, "other_payers")
    assert [(row["payer"], row["left_to_write_off"]) for row in rows] == [("SECOND", None), ("THIRD", Decimal("5.00"))]


def test_payers_may_know_the_patient_by_different_numbers(bench: Bench) -> None:
    """Another member number, the same claim and charge: 200 - 52.19 - 134.76 - 13.05 = 0 is left to write off."""
    bench.remit(Payment("52.19", [PAID]))
    answer = _second("CAS*OA*23*186.95")
    assert "MI*" in answer
    other = re.sub(r"MI\*[^~*]*", "MI*OTHER77", answer)
    bench.remit(Payment("13.05", [other], number="S1", day="20240930", payer_id="TWO"))
    (row,) = _rows(bench, "other_payers")
    assert (row["first_payer_paid"], row["left_to_write_off"]) == (Decimal("52.19"), Decimal("0.00"))


def test_a_contractual_reason_in_place_of_the_earlier_payers_is_flagged(bench: Bench) -> None:
    """CO-45 of 186.95 is what the first payer did: a second write-off of it would be wrong."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("13.05", [_second("CAS*CO*45*186.95")], number="S1", day="20240930", payer_id="TWO"))
    (row,) = _rows(bench, "other_payers")
    assert row["state"] == "CO-45 stands where OA-23 belongs: not to be written off a second time"
    assert (row["contractual"], row["left_to_write_off"]) == (Decimal("186.95"), Decimal("0.00"))


def test_more_allowed_than_charged_has_a_reason_of_its_own(bench: Bench) -> None:
    """OA-94 of -20: 200 - 186.95 - (-20) = 33.05. Without the first payer's answer nothing is said of a write-off."""
    adjusted = "CAS*OA*23*186.95**94*-20"
    bench.remit(Payment("33.05", [_second(adjusted, "33.05")], number="S1", payer_id="TWO"))
    (row,) = _rows(bench, "other_payers")
    assert (row["allowed_above_charge"], row["left_to_write_off"]) == (Decimal("-20.00"), None)
    assert row["state"] == "the answer of the first payer is not in the book"


def test_money_and_claims_may_come_apart(bench: Bench) -> None:
    """BPR01 D carries the money, U the claims, under one number: one payment, counted once, in balance."""
    money = Payment("52.19", [], handling="D")
    bench.remit(money)
    bench.remit(Payment("52.19", [PAID], handling="U"))
    rows = _rows(bench, "balance")
    assert [(row["kind"], row["difference"]) for row in rows] == [
        ("money alone, its claims come apart", 0),
        ("claims alone, the money comes apart", 0),
    ]
    assert _rows(bench, "same_number") == []


def test_a_payment_of_nothing_is_a_notice(bench: Bench) -> None:
    """BPR01 H: 0.00 and one denied claim."""
    denied = claim("A1*4*200*0*0*MB*ICN1*11*1", "20610*200*0**1~DTM*472*20240815~CAS*CO*16*200~LQ*HE*M76")
    bench.remit(Payment("0", [denied], handling="H", number="N1"))
    (row,) = _rows(bench, "balance")
    assert (row["kind"], row["difference"]) == ("no money moves", 0)


def test_changed_codes_and_units_are_told(bench: Bench) -> None:
    """Two codes under one, three units answered as one, and a line that came back as it went."""
    bundled = ["80053*30*20**1*HC:82947~DTM*472*20240815~CAS*CO*45*10",
               "80053*20*0**1*HC:84132~DTM*472*20240815~CAS*CO*97*20"]  # fmt: skip
    units = "20610*200*60**1**3~DTM*472*20240815~CAS*CO*45*140"
    same = "99213*50*50**1~DTM*472*20240815"
    bench.remit(Payment("130", [claim("A1*1*300*130*0*MB*ICN1*11*1", *bundled, units, same)]))
    assert [(row["sent_code"], row["answered_code"], row["how"]) for row in _rows(bench, "changed")] == [
        ("82947", "80053", "several lines answered under one code"),
        ("84132", "80053", "several lines answered under one code"),
        ("20610", "20610", "other units"),
    ]


def test_unread_segments_are_counted_and_names_are_nowhere(bench: Bench) -> None:
    """A segment of no guide is kept and counted; no name and no member number is in any file of the book."""
    bench.remit(Payment("52.19", [f"{PAID}~ZZZ*1"]))
    (row,) = _rows(bench, "files")
    assert (row["unread"], row["segments"]) == (1, 24)  # 13 before the claim, 7 of it, ZZZ, 3 trailers
    kept = b"".join(path.read_bytes() for path in bench.book.folder.rglob("*.parquet"))
    assert b"A1" in kept
    for hidden in (b"DOE", b"PAT", b"M1\x00"):
        assert hidden not in kept
    assert reconcile(bench.book).execute("SELECT count(*) FROM claim WHERE patient_id = 'M1'").fetchall() == [(0,)]


def test_a_book_in_memory_says_the_same(bench: Bench) -> None:
    """The tables of a book in a folder and of one that is never written are equal."""
    from trocar.denials.ingest import add_remittances
    from trocar.denials.store import MemoryBook

    text = era(Payment("52.19", [PAID]), Payment("7.81", [TAKEN_BACK, CORRECTED], number="EFT2", day="20240930"))
    (bench.folder / "era.835").write_text(text)
    add_remittances(bench.book, bench.folder / "era.835")
    memory = MemoryBook()
    add_remittances(memory, text.encode(), "era.835")
    assert reconciliation(reconcile(memory)) == reconciliation(reconcile(bench.book))
    assert add_remittances(memory, text.encode(), "era.835")[0].known


def test_deposits_meet_the_payments_that_announce_them(bench: Bench) -> None:
    """By number and amount, from the number or the addendum; what is left over is told on both sides."""
    second = CORRECTED.replace("A1*", "A2*")
    third = CORRECTED.replace("A1*", "A3*")
    bench.remit(Payment("52.19", [PAID]), Payment("60", [second], number="EFT2"), Payment("60", [third], number="EFT3"))
    path = bench.folder / "bank.csv"
    path.write_text(
        "deposit_date,amount,trace\n"
        "2024-09-03,52.19,TRN*1*EFT1*1512345678\\\n"
        "2024-09-03,59.00,EFT2\n"
        "2024-09-04,60.00,EFT9\n"
    )
    assert _rows(bench, "deposits") == []
    assert not add_deposits(bench.book, path).known
    assert add_deposits(bench.book, path).known
    assert [(row["number"], row["state"]) for row in _rows(bench, "deposits")] == [
        ("EFT2", "announced, and deposited with another amount"),
        ("EFT3", "announced, not deposited"),
        ("EFT2", "deposited, and announced with another amount"),
        ("EFT9", "deposited, no remittance announces it"),
        ("EFT1", "met"),
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("deposit_date,amount\n2024-09-03,1\n", "bank.csv row 1"),
        ("deposit_date,amount,trace\n2024-09-03,x,1\n", "row 2"),
    ],
)
def test_deposits_that_cannot_be_read_are_refused_whole(bench: Bench, text: str, where: str) -> None:
    path = bench.folder / "bank.csv"
    path.write_text(text)
    with pytest.raises(ClaimInputError) as error:
        add_deposits(bench.book, path)
    assert where in error.value.where
    assert bench.book.table("files").num_rows == 0
