"""Each denied or cut line: a rule, the claim's data, the patient, not checked, or unexplained."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from trocar.denials.sections import SECTIONS, feedback_rows
from trocar.engine.pack import Pack

from .conftest import Bench, Payment, claim

# ccipra-2024q3.txt line 2205276: 77301/77014, not deleted, modifier indicator 0: the second line is denied by law.
BUNDLED_SENT = "B1,1,2024-08-15,77301,26,22,NATIONAL,C61,1,500.00,MEDICARE,P1\n"
BUNDLED_SENT += "B1,2,2024-08-15,77014,26,22,NATIONAL,C61,1,100.00,MEDICARE,P1\n"
BUNDLED = claim(
    "B1*1*600*400*0*MB*ICN1*22*1",
    "77301:26*500*400**1~DTM*472*20240815~CAS*CO*45*100",
    "77014:26*100*0**1~DTM*472*20240815~CAS*CO*236*100~LQ*HE*N20",
)
# 20610 alone on a clean claim: no public rule denies it.
POLICY_SENT = "U1,1,2024-08-15,20610,RT,11,NATIONAL,M17.11,1,200.00,MEDICARE,P2\n"
POLICY = claim("U1*4*200*0*0*MB*ICN2*11*1", "20610:RT*200*0**1~DTM*472*20240815~CAS*CO*97*200")


def _causes(bench: Bench, pack: Pack) -> dict[str, tuple[str, str | None]]:
    analysis = bench.analysed(pack)
    rows = analysis.database.execute("SELECT claim_id || '/' || line, cause, rule FROM attributed").fetchall()
    return {key: (cause, rule) for key, cause, rule in rows}


def test_a_denial_the_rules_foresee_names_rule_and_row(bench: Bench, pack: Pack) -> None:
    """The rule with the payer's own reason comes first, its row is cited; others of the family are named beside it."""
    bench.sent(BUNDLED_SENT)
    bench.remit(Payment("400", [BUNDLED]))
    analysis = bench.analysed(pack)
    (row,) = SECTIONS["lines"](analysis).rows
    assert (row["claim_id"], row["line"], row["outcome"], row["rule"]) == ("B1", 2, "denied", "NC001")
    assert row["cause"] == "explained by a public rule"
    assert row["cited_row"] == 2205276
    assert row["other_rules"] == "GD003"
    assert row["denied"] == Decimal("100.00")


def test_the_same_reason_without_a_rule_is_unexplained(bench: Bench, pack: Pack) -> None:
    """20610 alone with CO-97: nothing public says so."""
    bench.sent(POLICY_SENT)
    bench.remit(Payment("0", [POLICY], number="ZERO"))
    assert _causes(bench, pack) == {"U1/1": ("unexplained", None)}


def test_without_a_table_for_the_day_the_line_is_not_checked(bench: Bench, pack: Pack) -> None:
    """No NCCI table of 2024Q4 is held: the same denial on 2024-10-01 can't be called unexplained."""
    bench.sent(POLICY_SENT.replace("2024-08-15", "2024-10-01"))
    bench.remit(Payment("0", [POLICY.replace("20240815", "20241001")], number="ZERO", day="20241101"))
    assert _causes(bench, pack) == {"U1/1": ("not_checked", None)}


def test_patients_share_and_faulty_data_are_told_apart(bench: Bench, pack: Pack) -> None:
    """PR-204 leaves the charge to the patient; CO-16 asks for data; PR-1 alone is no denial."""
    bench.remit(
        Payment(
            "0",
            [
                claim("P1*4*200*0*200*MB*ICN3*11*1", "20610:RT*200*0**1~DTM*472*20240815~CAS*PR*204*200"),
                claim("D1*4*200*0*0*MB*ICN4*11*1", "20610:RT*200*0**1~DTM*472*20240815~CAS*CO*16*200~LQ*HE*N290"),
                claim(
                    "S1*1*200*0*65.24*MB*ICN5*11*1",
                    "20610:RT*200*0**1~DTM*472*20240815~CAS*CO*45*134.76~CAS*PR*1*65.24",
                ),
            ],
            number="ZERO",
        )
    )
    assert _causes(bench, pack) == {"P1/1": ("patient", None), "D1/1": ("data_fault", None)}


def test_a_remittance_alone_is_judged_by_the_lines_it_shows(bench: Bench, pack: Pack) -> None:
    """Without the claim as sent the edit still explains the bundling; a diagnosis denial can't be judged."""
    bench.remit(
        Payment("400", [BUNDLED]),
        Payment(
            "0", [claim("X1*4*200*0*0*MB*ICN6*11*1", "20610:RT*200*0**1~DTM*472*20240815~CAS*CO*11*200")], number="Z"
        ),
    )
    assert _causes(bench, pack) == {"B1/2": ("rule", "NC001"), "X1/1": ("not_checked", None)}


def test_every_denied_line_has_exactly_one_cause(bench: Bench, pack: Pack) -> None:
    """Nothing is attributed twice or lost."""
    bench.sent(BUNDLED_SENT + POLICY_SENT)
    bench.remit(Payment("400", [BUNDLED, POLICY]))
    database = bench.analysed(pack).database
    (denied,) = database.execute("SELECT count(*) FROM outcome WHERE outcome IN ('denied', 'cut')").fetchall()[0]
    (told,) = database.execute("SELECT count(*) FROM attributed").fetchall()[0]
    (distinct,) = database.execute("SELECT count(DISTINCT id) FROM attributed").fetchall()[0]
    assert denied == told == distinct == 2


def test_feedback_counts_what_the_payer_made_of_a_rule(bench: Bench, pack: Pack) -> None:
    """NC001 fires on three lines: one denied for it, one denied and later paid, one paid at once."""
    sent = "".join(BUNDLED_SENT.replace("B1,", f"B{n},").replace("P1\n", f"P{n}\n") for n in (1, 2, 3))
    bench.sent(sent)
    second, third = BUNDLED.replace("B1*", "B2*"), BUNDLED.replace("B1*", "B3*")
    paid = (
        third.replace("1*600*400", "1*600*480")
        .replace("77014:26*100*0", "77014:26*100*80")
        .replace("CO*236*100", "CO*45*20")
    )
    bench.remit(Payment("1280", [BUNDLED, second, paid]))
    again = claim("B2*1*100*80*0*MB*ICN9*22*1", "77014:26*100*80**1~DTM*472*20240815~CAS*CO*45*20")
    bench.remit(Payment("80", [again], number="EFT2", day="20240920"))
    (row,) = (row for row in feedback_rows(bench.analysed(pack).database) if row["rule"] == "NC001")
    assert (row["fired"], row["denied"], row["denied_otherwise"], row["paid"], row["overturned"]) == (3, 2, 0, 1, 1)


def test_a_reason_no_longer_in_use_is_said(bench: Bench, pack: Pack) -> None:
    """A code that no list has is told beside its lines, if the store holds the list."""
    bench.remit(Payment("0", [POLICY.replace("CO*97", "CO*999")], number="Z"))
    analysis = bench.analysed(pack, on=date(2024, 10, 1))
    (row,) = SECTIONS["reasons"](analysis).rows
    assert row["carc"] == "999"
    assert row["code_in_use"] == "CARC 999 is not in the published list"
    assert row["family"] == "a reason this version has no words for"


@pytest.mark.parametrize("said", ["CO*44", "CO*105", "PR*142", "PR*178", "CO*303", "OA*209"])
def test_a_reason_that_is_no_denial_cuts_nothing(bench: Bench, pack: Pack, said: str) -> None:
    """A discount, a withheld tax, shares of patients under Medicaid, what may not be collected: paid, not cut."""
    line = f"20610:RT*200*60**1~DTM*472*20240815~CAS*CO*45*120~CAS*{said}*20"
    patient = 20 if said.startswith("PR") else 0
    bench.remit(Payment("60", [claim(f"R1*1*200*60*{patient}*MC*I1*11*1", line)]))
    database = bench.analysed(pack).database
    assert database.execute("SELECT outcome, denied_cents, patient_cents FROM outcome").fetchall() == [
        ("paid", 0, patient * 100)
    ]
