"""Books of remittances: idempotent, copies counted once, reversals paired, lines matched both ways, balance."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import x12_files
from trocar.core.errors import ClaimInputError
from trocar.denials.analysis import reconcile
from trocar.denials.ingest import add_claims, add_remittances
from trocar.denials.reconciliation import reconciliation
from trocar.denials.section import Section
from trocar.denials.store import BookError, RemittanceBook
from trocar.denials.tables import TABLES

from .conftest import Bench, Payment, claim, era

PAID = claim(
    "A1*1*200*52.19*13.05*MB*ICN1*11*1", "20610:RT*200*52.19**1~DTM*472*20240815~CAS*CO*45*134.76~CAS*PR*2*13.05"
)
TAKEN_BACK = claim(
    "A1*22*-200*-52.19**MB*ICN1*11*1", "20610:RT*-200*-52.19**-1~DTM*472*20240815~CAS*CO*45*-134.76~CAS*PR*2*-13.05"
)
CORRECTED = claim("A1*1*200*60*15*MB*ICN1A*11*1", "20610:RT*200*60**1~DTM*472*20240815~CAS*CO*45*125~CAS*PR*2*15")


def _sections(bench: Bench) -> dict[str, Section]:
    return {section.id: section for section in reconciliation(reconcile(bench.book))}


def test_adding_a_file_again_changes_nothing(bench: Bench) -> None:
    """The second time the file is known; every table keeps its rows."""
    path = bench.folder / "era.835"
    path.write_text(era(Payment("52.19", [PAID])))
    (first,) = add_remittances(bench.book, path)
    before = {name: bench.book.table(name) for name in TABLES}
    (second,) = add_remittances(bench.book, path)
    assert (first.known, second.known, first.rows) == (False, True, 1)
    assert {name: bench.book.table(name) for name in TABLES} == before


def test_a_payment_in_another_file_again_counts_once(bench: Bench) -> None:
    """The same check within a longer file is a copy: told, and not added up twice."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("52.19", [PAID]), Payment("60", [CORRECTED.replace("A1*", "A2*")], number="EFT2"))
    sections = _sections(bench)
    assert [row["check_number"] for row in sections["copies"].rows] == ["EFT1"]
    database = reconcile(bench.book)
    assert database.execute("SELECT sum(paid_cents) FROM outcome WHERE stands").fetchall() == [
        (11219,)
    ]  # 52.19 + 60.00


def test_a_reversal_takes_back_and_its_correction_stands(bench: Bench) -> None:
    """52.19 paid, taken back, 60.00 paid: net effect 7.81, and only the correction stands."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(Payment("7.81", [TAKEN_BACK, CORRECTED], number="EFT2", day="20240930"))  # 60.00 - 52.19
    (row,) = _sections(bench)["reversals"].rows
    assert (row["first_paid"], row["corrected_paid"], row["net"]) == (
        Decimal("52.19"),
        Decimal("60.00"),
        Decimal("7.81"),
    )
    assert row["state"] == "paired"
    database = reconcile(bench.book)
    assert database.execute("SELECT paid_cents FROM outcome WHERE stands").fetchall() == [(6000,)]


def test_a_reversal_of_nothing_known_is_told(bench: Bench) -> None:
    """The book does not hold what it takes back."""
    bench.remit(Payment("0", [TAKEN_BACK], number="EFT2"))
    (row,) = _sections(bench)["reversals"].rows
    assert row["state"] == "no claim in the book is taken back by it"


def test_a_reversal_not_yet_corrected_is_told(bench: Bench) -> None:
    """The claim stands for nothing until its correction comes."""
    bench.remit(Payment("52.19", [PAID]))
    bench.remit(
        Payment("0", [TAKEN_BACK], number="EFT2", day="20240930", provider=["PLB*1234567893*20241231*FB*-52.19"])
    )
    (row,) = _sections(bench)["reversals"].rows
    assert (row["state"], row["net"]) == ("not yet corrected", Decimal("-52.19"))
    assert reconcile(bench.book).execute("SELECT count(*) FROM outcome WHERE stands").fetchall() == [(0,)]


def test_the_balance_is_kept_to_the_cent(bench: Bench) -> None:
    """52.19 paid less 10.00 recovered is 42.19; a payment of 42.20 is a cent too much."""
    recovery = ["PLB*1234567893*20241231*WO:ICN0*10"]
    bench.remit(Payment("42.19", [PAID], provider=recovery), Payment("42.20", [PAID], number="EFT2", provider=recovery))
    first, second = _sections(bench)["balance"].rows
    assert (first["difference"], second["difference"]) == (Decimal("0.00"), Decimal("0.01"))
    assert first["provider_adjustments"] == Decimal("10.00")


def test_a_line_that_does_not_add_up_is_counted(bench: Bench) -> None:
    """200.00 - 134.76 - 13.05 = 52.19, not 52.18."""
    bench.remit(Payment("52.18", [PAID.replace("*200*52.19", "*200*52.18")]))
    (row,) = _sections(bench)["balance"].rows
    assert (row["difference"], row["lines_out_of_balance"], row["claims_out_of_balance"]) == (Decimal("0.00"), 1, 1)


def test_lines_match_though_the_payer_drops_the_modifier(bench: Bench) -> None:
    """Code, day and charge decide when modifiers differ; what is left over is listed on both sides."""
    bench.sent(
        "A1,1,2024-08-15,20610,RT,11,NATIONAL,M17.11,1,200.00,M,P1\n"
        "A1,2,2024-08-15,77002,RT,11,NATIONAL,M17.11,1,90.00,M,P1\n"
        "Z9,1,2024-08-15,20610,RT,11,NATIONAL,M17.11,1,200.00,M,P1\n"
    )
    bench.remit(Payment("112.19", [PAID.replace("20610:RT", "20610"), CORRECTED.replace("A1*", "A2*")]))
    sections = _sections(bench)
    assert [(row["claim_id"], row["line"]) for row in sections["unanswered"].rows] == [("A1", 2), ("Z9", 1)]
    assert [row["state"] for row in sections["unanswered"].rows] == [
        "the claim is answered, this line is not",
        "no remittance answers the claim",
    ]
    assert [(row["claim_id"], row["state"]) for row in sections["unsent"].rows] == [
        ("A2", "the claim as sent is not in the book")
    ]


def test_two_equal_lines_are_matched_one_to_one(bench: Bench) -> None:
    """Two lines with the same code, day and charge answer two lines sent, not one line twice."""
    row = "A1,{n},2024-08-15,20610,{m},11,NATIONAL,M17.11,1,200.00,M,P1\n"
    bench.sent(row.format(n=1, m="RT") + row.format(n=2, m="RT"))
    line = "20610:RT*200*52.19**1~DTM*472*20240815~CAS*CO*45*134.76~CAS*PR*2*13.05"
    bench.remit(Payment("104.38", [claim("A1*1*400*104.38*26.10*MB*ICN1*11*1", line, line)]))
    database = reconcile(bench.book)
    assert database.execute("SELECT line FROM matched ORDER BY id").fetchall() == [(1,), (2,)]
    assert _sections(bench)["unanswered"].rows == []


def test_stated_and_derived_allowed_amounts_are_compared(bench: Bench) -> None:
    """52.19 + 13.05 = 65.24 adds up; AMT*B6 says 70.00."""
    bench.remit(Payment("52.19", [f"{PAID}~AMT*B6*70"]))
    (row,) = _sections(bench)["disagreement"].rows
    assert (row["stated"], row["derived"]) == (Decimal("70.00"), Decimal("65.24"))


def test_a_claim_without_lines_is_kept(bench: Bench) -> None:
    """What a payer says of a whole claim counts, with its adjustment."""
    bench.remit(Payment("0", ["CLP*W1*4*300*0*0*MB*ICN1*11*1~CAS*CO*29*300~NM1*QC*1*DOE*PAT****MI*M1"], number="Z"))
    rows = reconcile(bench.book).execute("SELECT claim_id, line, outcome, carc, denied_cents FROM outcome").fetchall()
    assert rows == [("W1", 0, "denied", "29", 30000)]


def test_no_remittance_in_the_file_is_refused(bench: Bench) -> None:
    """A claim CSV is no remittance, and leaves no trace in the book."""
    path = bench.folder / "claims.csv"
    path.write_text("claim_id,line,service_date,hcpcs\nA,1,2024-08-15,20610\n")
    with pytest.raises(ClaimInputError):
        add_remittances(bench.book, path)
    assert bench.book.table("files").num_rows == 0


def test_a_folder_of_something_else_is_no_book(tmp_path: Path) -> None:
    """Neither created over nor opened."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BookError):
        RemittanceBook.create(tmp_path)
    with pytest.raises(BookError):
        RemittanceBook.open(tmp_path)


def _sent_837(bench: Bench, *lines: tuple[str, str, str]) -> None:
    """A claim A1 as an 837P: code with modifiers, charge and the sender's own number of each line."""
    body = [
        *x12_files.CLAIM_HEADER, *x12_files.BILLING, "HL*2*1*22*0", *x12_files.SUBSCRIBER,
        "CLM*A1*400***11:B:1*Y*A*Y*Y", "HI*ABK:M1711",
    ]  # fmt: skip
    for number, (code, charge, own) in enumerate(lines, 1):
        body += [f"LX*{number}", f"SV1*HC:{code}*{charge}*UN*1***1", "DTP*472*D8*20240815", f"REF*6R*{own}"]
    path = bench.folder / "sent.837"
    path.write_text(x12_files.text_of(x12_files.interchange("837P", body)))
    add_claims(bench.book, path)


def _matched(bench: Bench) -> list[tuple[object, ...]]:
    return (
        reconcile(bench.book)
        .execute("SELECT o.line, m.line, m.how FROM matched m JOIN outcome o USING (id) ORDER BY o.line")
        .fetchall()
    )


def test_the_line_control_number_decides_before_the_code(bench: Bench) -> None:
    """Two equal lines, answered in the other order without modifiers: REF*6R says which is which."""
    _sent_837(bench, ("20610:RT", "200", "LEFT-1"), ("20610:RT", "200", "LEFT-2"))
    line = "20610*200*{paid}**1~DTM*472*20240815~CAS*CO*45*{cut}~REF*6R*{own}"
    answered = [line.format(paid=0, cut=200, own="LEFT-2"), line.format(paid=60, cut=140, own="LEFT-1")]
    bench.remit(Payment("60", [claim("A1*1*400*60*0*MB*ICN1*11*1", *answered)]))
    assert _matched(bench) == [(1, 2, "line control number"), (2, 1, "line control number")]


def test_numbers_that_tell_no_lines_apart_decide_nothing(bench: Bench) -> None:
    """A sender that gives every line the number 0: code, modifiers, day and charge decide."""
    _sent_837(bench, ("20610:RT", "200", "0"), ("20610:LT", "200", "0"))
    line = "20610:{m}*200*0**1~DTM*472*20240815~CAS*CO*45*200~REF*6R*0"
    bench.remit(
        Payment("0", [claim("A1*1*400*0*0*MB*ICN1*11*1", line.format(m="LT"), line.format(m="RT"))], number="Z")
    )
    assert _matched(bench) == [(1, 2, "code, modifiers, day and charge"), (2, 1, "code, modifiers, day and charge")]


def test_one_line_sent_may_be_answered_with_several(bench: Bench) -> None:
    """The payer splits 77002 into two of its own codes: both belong to the line sent, by number and by SVC06."""
    _sent_837(bench, ("77002", "200", "L1"), ("20610", "200", "L2"))
    split = "99{n}*{charge}*30**1*HC:77002~DTM*472*20240815~CAS*CO*45*{cut}"
    first = split.format(n="001", charge=200, cut=170) + "~REF*6R*L1"
    second = split.format(n="002", charge=0, cut=-30)
    own = "20610*200*0**1~DTM*472*20240815~CAS*CO*45*200~REF*6R*L2"
    bench.remit(Payment("60", [claim("A1*1*400*60*0*MB*ICN1*11*1", first, second, own)]))
    assert _matched(bench) == [
        (1, 1, "line control number"),
        (2, 1, "one of several lines made of it"),
        (3, 2, "line control number"),
    ]
    assert _sections(bench)["unsent"].rows == []


def test_a_file_added_before_a_column_was_known_is_still_read(bench: Bench) -> None:
    """Files of two versions side by side: what the older one does not hold is empty."""
    bench.remit(Payment("80", [PAID]))
    (older,) = bench.book.paths("lines")
    held = pq.read_table(older)
    pq.write_table(held.drop_columns(["location_number", "federal_one_cents"]), older)
    bench.remit(Payment("0", [PAID.replace("A1*1*200*80", "A9*4*200*0")], number="Z"))
    assert bench.book.table("lines").num_rows == 2
    assert reconcile(bench.book).execute("SELECT count(location_number), count(*) FROM lines").fetchall() == [(0, 2)]
