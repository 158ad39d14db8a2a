"""Expected against allowed: Medicare by the fee schedule, others by their contract; what is no price is kept apart."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from trocar.denials.analysis import Analysis
from trocar.denials.contract_file import ContractError, read_contracts
from trocar.denials.sections import SECTIONS
from trocar.engine.pack import Pack

from .conftest import Bench, Payment, claim

# RVU24C line 7408, 20610: (0.79 + 1.04 + 0.13) x 33.2875 = 1.96 x 33.2875 = 65.2435 -> 65.24 (national, non-facility).
MEDICARE = Decimal("65.24")
SENT = "A1,1,2024-08-15,20610,RT,11,NATIONAL,M17.11,{units},200.00,M,P1\n"


def _paid(allowed_paid: str, contractual: str, patient: str, *more: str, filing: str = "MB", head: str = "A1") -> str:
    line = f"20610:RT*200*{allowed_paid}**1~DTM*472*20240815~CAS*CO*45*{contractual}~CAS*PR*2*{patient}"
    return claim(f"{head}*1*200*{allowed_paid}*{patient}*{filing}*ICN1*11*1", "~".join([line, *more]))


def _verdicts(analysis: Analysis) -> list[tuple[str, int | None, int]]:
    return analysis.database.execute(
        "SELECT verdict, expected_cents, allowed_cents FROM compared ORDER BY id"
    ).fetchall()


def test_medicare_allowing_its_fee_is_as_expected(bench: Bench, pack: Pack) -> None:
    """52.19 paid + 13.05 coinsurance = 65.24, the fee; sequestration of 1.04 changes the payment alone."""
    bench.sent(SENT.format(units=1))
    # 65.24 - 13.05 = 52.19; 2% of it is 1.0438 -> 1.04; paid 51.15; 200 - 134.76 - 1.04 - 13.05 = 51.15
    bench.remit(Payment("51.15", [_paid("51.15", "134.76*1*253*1.04", "13.05")]))
    analysis = bench.analysed(pack)
    assert _verdicts(analysis) == [("as_expected", 6524, 6524)]
    overview = {row["what"]: row["value"] for row in SECTIONS["overview"](analysis).rows}
    assert overview["sequestration, apart"] == Decimal("1.04")


def test_medicare_allowing_less_is_underpaid_by_the_difference(bench: Bench, pack: Pack) -> None:
    """60.00 allowed where 65.24 is the fee: 5.24 short; the stated amount is what counts."""
    bench.sent(SENT.format(units=1))
    bench.remit(Payment("48", [_paid("48", "140", "12", "AMT*B6*60")]))
    (row,) = SECTIONS["underpaid"](bench.analysed(pack)).rows
    assert (row["expected"], row["allowed"], row["short"]) == (MEDICARE, Decimal("60.00"), Decimal("5.24"))


def test_a_secondary_payer_is_not_compared(bench: Bench, pack: Pack) -> None:
    """What an earlier payer paid (OA-23) leaves nothing to compare."""
    bench.sent(SENT.format(units=1))
    line = "20610:RT*200*13.05**1~DTM*472*20240815~CAS*OA*23*186.95"
    bench.remit(Payment("13.05", [claim("A1*2*200*13.05*0*MB*ICN1*11*1", line)]))
    assert _verdicts(bench.analysed(pack)) == []


def test_without_the_place_medicare_is_not_compared(bench: Bench, pack: Pack) -> None:
    """A remittance alone does not say the locality: no amount is made up."""
    bench.remit(Payment("48", [_paid("48", "140", "12")]))
    section = SECTIONS["underpaid"](bench.analysed(pack))
    assert section.rows == []
    assert (
        "1 line is not compared: the ZIP of the place of service is not known: add the claims as sent." in section.notes
    )


def test_other_payers_need_a_contract(bench: Bench, pack: Pack) -> None:
    """A commercial payer (CI) without contract is not compared, and that is said."""
    bench.sent(SENT.format(units=1))
    bench.remit(Payment("48", [_paid("48", "140", "12", filing="CI")], payer_id="ACME1"))
    assert (
        "1 line is not compared: no contract for this payer is given."
        in SECTIONS["underpaid"](bench.analysed(pack)).notes
    )


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("percent_of_medicare = 120", "78.29"),  # 1.2 x 65.24 = 78.288 -> 78.29
        ("percent_of_medicare = 112.5\nmedicare_on = 2024-08-15", "73.40"),  # 1.125 x 65.24 = 73.395 -> 73.40
        # RVU25A line 7555: 1.96 x 32.3465 = 63.39914 -> 63.40; the year's 15 August, x 1.0
        ("percent_of_medicare = 100\nmedicare_on = 2025-03-03", "63.40"),
        ("percent_of_charge = 40", "80.00"),  # 0.4 x 200.00
        ("fee = 75.5", "75.50"),
        ("percent_of_medicare = 500\nlesser_of_charge = true", "200.00"),  # 326.20 is more than the charge of 200.00
        ('percent_of_medicare = 120\n[[contract.carve_out]]\ncodes = ["20600-20611"]\nfee = 90', "90.00"),
        ('percent_of_medicare = 120\n[[contract.carve_out]]\ncodes = "20610"\nplaces = ["22"]\nfee = 90', "78.29"),
        ('percent_of_medicare = 120\n[[contract.carve_out]]\nmodifiers = ["RT"]\nnot_separately_paid = true', "0.00"),
    ],
)
def test_the_contract_says_what_is_expected(bench: Bench, pack: Pack, terms: str, expected: str) -> None:
    """Each kind of term, worked by hand."""
    path = bench.folder / "contracts.toml"
    path.write_text(f'[[contract]]\nname = "Acme"\npayer = ["acme1"]\n{terms}\n')
    bench.sent(SENT.format(units=1))
    bench.remit(Payment("48", [_paid("48", "140", "12", filing="CI")], payer_id="ACME1"))
    ((_, cents, allowed),) = _verdicts(bench.analysed(pack, read_contracts(path)))
    assert (cents, allowed) == (int(Decimal(expected) * 100), 6000)


def test_a_fee_table_pays_by_code_modifier_and_place(bench: Bench, pack: Pack) -> None:
    """The row with modifier and place comes before the row without; a fee is paid per unit."""
    (bench.folder / "fees.csv").write_text(
        "hcpcs,modifier,place_of_service,amount\n20610,,,70.00\n20610,RT,11,71.00\n20610,RT,22,72.00\n"
    )
    path = bench.folder / "contracts.toml"
    path.write_text('[[contract]]\nname = "Acme"\npayer = "ACME1"\nfees = "fees.csv"\n')
    bench.sent(SENT.format(units=2))
    bench.remit(Payment("48", [_paid("48", "140", "12", filing="CI").replace("**1~", "**2~")], payer_id="ACME1"))
    ((verdict, cents, _),) = _verdicts(bench.analysed(pack, read_contracts(path)))
    assert (verdict, cents) == ("underpaid", 14200)  # 2 x 71.00


@pytest.mark.parametrize(
    ("sent", "answered", "terms"),
    [
        ("RT,22,NATIONAL,M17.11,1", "20610:RT*200*80**1", "fee = 1\n[[contract.carve_out]]\nplaces = ['22']\nfee = 80"),
        ("RT,11,NATIONAL,M17.11,1", "20610*200*80**1", "fee = 1\n[[contract.carve_out]]\nmodifiers = ['RT']\nfee = 80"),
        ("RT,11,NATIONAL,M17.11,2", "20610:RT*200*80**1", "fee = 40"),
    ],
    ids=["the line's own place", "a modifier the payer dropped", "units the payer cut without a word"],
)
def test_a_contract_goes_by_what_was_billed(bench: Bench, pack: Pack, sent: str, answered: str, terms: str) -> None:
    """CLP08 says 11 and one unit was answered: place, modifiers and units are those of the claim as sent."""
    bench.sent(f"A1,1,2024-08-15,20610,{sent},200.00,M,P1\n")
    bench.remit(Payment("80", [claim("A1*1*200*80*0*CI*I1*11*1", f"{answered}~DTM*472*20240815~CAS*CO*45*120")]))
    path = bench.folder / "contracts.toml"
    path.write_text(f'[[contract]]\npayer = ["00001"]\n{terms}\n')
    assert _verdicts(bench.analysed(pack, read_contracts(path))) == [("as_expected", 8000, 8000)]


def test_a_line_without_a_day_or_code_is_counted_as_not_compared(bench: Bench, pack: Pack) -> None:
    """No DTM at all: not passed over, and with the claim as sent its day is known. Nor is a revenue code alone."""
    path = bench.folder / "contracts.toml"
    path.write_text('[[contract]]\npayer = ["00001"]\nfee = 80\n')
    dateless = claim("A1*1*200*80*0*CI*I1*11*1", "20610:RT*200*80**1~CAS*CO*45*120")
    alone = claim("A2*1*200*80*0*CI*I2*13*1", "20610*200*80*0360*1~DTM*472*20240815~CAS*CO*45*120")
    bench.remit(Payment("160", [dateless, alone.replace("SVC*HC:20610*", "SVC*NU:0360*")]))
    agreed = read_contracts(path)
    notes = SECTIONS["underpaid"](bench.analysed(pack, agreed)).notes
    assert "1 line is not compared: the line has no date of service." in notes
    assert "1 line is not compared: the line has no procedure code." in notes
    bench.sent(SENT.format(units=1))
    assert _verdicts(bench.analysed(pack, agreed))[0] == ("as_expected", 8000, 8000)


def test_a_difference_within_the_tolerance_is_rounding(bench: Bench, pack: Pack) -> None:
    """60.00 allowed, 60.05 expected: as expected with a tolerance of five cents, underpaid with one of four."""
    bench.sent(SENT.format(units=1))
    bench.remit(Payment("48", [_paid("48", "140", "12", filing="CI")], payer_id="ACME1"))
    found = []
    for tolerance in ("0.05", "0.04"):
        path = bench.folder / "contracts.toml"
        path.write_text(f'[[contract]]\npayer = "ACME1"\nfee = 60.05\ntolerance = {tolerance}\n')
        found += [verdict for verdict, _, _ in _verdicts(bench.analysed(pack, read_contracts(path)))]
    assert found == ["as_expected", "underpaid"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no list of contracts"),
        ("[[contract]]\npayer = 'A'\n", "says nothing of what is paid"),
        ("[[contract]]\nfee = 1\n", "names no payer"),
        ("[[contract]]\npayer = 'A'\nfee = 1\npercent_of_charge = 2\n", "2 ways to pay"),
        ("[[contract]]\npayer = 'A'\nfe = 1\nfee = 1\n", "'fe' is no key"),
        ("[[contract]]\npayer = 'A'\nfee = -1\n", "not an amount of 0 or more"),
        ("[[contract]]\npayer = 'A'\nfee = 1\n[[contract]]\npayer = 'a'\nfee = 2\n", "both in force"),
        ("[[contract]]\npayer = 'A'\nfees = 'none.csv'\n", "fee table can't be read"),
        ("[[contract]]\npayer = 'A'\nfee = 1\nmedicare_year = 2024\nmedicare_on = 2024-01-01\n", "both given"),
        ("[[contract]]\npayer = 'A'\n[[contract.carve_out]]\nfee = 1\n", "needs codes"),
        ("[[contract]]\npayer = 'A'\n[[contract.carve_out]]\ncodes = '2061'\nfee = 1\n", "no code or range"),
    ],
)
def test_a_contract_that_can_be_misread_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """With the place in the file."""
    path = tmp_path / "contracts.toml"
    path.write_text(text)
    with pytest.raises(ContractError) as caught:
        read_contracts(path)
    assert what in caught.value.what
    assert caught.value.where
