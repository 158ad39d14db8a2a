"""What each line should have been allowed: Medicare's fee, or what the contract with the payer says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.money import CENT, dollars
from trocar.denials.billed import judge, slices
from trocar.denials.contracts import Contract, Contracts, Term
from trocar.engine.pack import Pack

_MEDICARE_PART_B = "MB"
# Lines whose allowed amount can be compared: answered by a first payer, and standing. Contracts go by what was billed:
# payers drop modifiers, and a remittance has one place for the whole claim.
_COMPARED = """
SELECT o.id, o.payer, coalesce(o.payer_name, ''), coalesce(o.filing_indicator, ''), o.hcpcs,
       CASE WHEN b.claim_id IS NULL THEN o.modifiers
            ELSE list_filter([b.modifier_1, b.modifier_2, b.modifier_3, b.modifier_4], lambda x: x IS NOT NULL) END,
       coalesce(b.place_of_service, o.place_of_service, ''), coalesce(o.service_date, b.service_date), o.charge_cents,
       CASE WHEN k.id IS NOT NULL THEN count(*) OVER (PARTITION BY o.ordinal, k.billed_claim, k.billed_line) > 1
            ELSE false END AS of_one_line,
       coalesce(CASE WHEN NOT of_one_line THEN b.units::VARCHAR END, o.billed_units, '1'), o.recoded,
       p.medicare_cents, p.place_assumed, k.billed_claim, k.billed_line,
       NOT o.allowed_is_stated AND o.ordinal IN (SELECT ordinal FROM outcome WHERE line = 0
           AND adjusted_cents <> patient_cents + payment_only_cents) AS of_claim
FROM outcome o LEFT JOIN billed_key k USING (id)
LEFT JOIN billed b ON b.claim_id = k.billed_claim AND b.line = k.billed_line
LEFT JOIN price p ON p.claim_id = k.billed_claim AND p.line = k.billed_line
WHERE o.stands AND o.line > 0 AND NOT o.is_after_others AND o.status <> '23'
  AND o.charge_cents > 0
ORDER BY o.id
"""
_ROWS = pa.schema([("id", pa.int64()), ("expected_cents", pa.int64()), ("basis", pa.string()), ("why_not", pa.string()),
                   ("tolerance_cents", pa.int64())])  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    payer: str
    payer_name: str
    filing_indicator: str
    hcpcs: str | None
    modifiers: list[str]
    place: str
    day: date | None
    charge_cents: int
    of_one_line: bool
    units: str
    recoded: bool
    medicare_cents: int | None
    place_assumed: bool | None
    billed_claim: str | None
    billed_line: int | None
    of_claim: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """The amount a line should have been allowed and where that stands; or why no amount is known."""

    amount: Decimal | None
    basis: str
    why_not: str = ""


def expect(database: duckdb.DuckDBPyConnection, pack: Pack, contracts: Contracts) -> None:
    """Make the table ``expected``: for each line that can be compared an amount, or why there is none."""
    database.execute("CREATE TABLE expected (id BIGINT, expected_cents BIGINT, basis VARCHAR, why_not VARCHAR, "
                     "tolerance_cents BIGINT)")  # fmt: skip
    shifted = _shifted_prices(database, pack, contracts)
    cursor = database.cursor().execute(_COMPARED)
    while rows := cursor.fetchmany(100_000):
        made: list[tuple[int, int | None, str, str, int]] = []
        for row in rows:
            line = _Line(*row)
            contract = contracts.of(line.payer, line.payer_name, line.day) if line.day else None
            found = _expected(line, contract, shifted)
            tolerance = CENT if contract is None else contract.tolerance
            cents = None if found.amount is None else int(found.amount * 100)
            made.append((line.id, cents, found.basis, found.why_not, int(tolerance * 100)))
        database.register(
            "expected_rows", pa.table([pa.array(column) for column in zip(*made, strict=True)], schema=_ROWS)
        )
        database.execute("INSERT INTO expected SELECT * FROM expected_rows")
        database.unregister("expected_rows")


def _expected(line: _Line, contract: Contract | None, shifted: _Shifted) -> Expected:
    if line.of_claim:
        return Expected(None, "", "the payer adjusted the claim as a whole: what it allowed for the line is not said")
    if line.hcpcs is None:
        return Expected(None, "", "the line has no procedure code")
    if line.day is None:
        return Expected(None, "", "the line has no date of service")
    if contract is None:
        if line.filing_indicator != _MEDICARE_PART_B:
            return Expected(None, "", "no contract for this payer is given")
        return _medicare(line, line.medicare_cents, "Medicare physician fee schedule")
    named = contract.term(line.hcpcs, line.modifiers, line.place, line.day)
    if named is None:
        return Expected(None, contract.name, "the contract says nothing of this code")
    term, where = named
    found = _of_term(line, contract, term, where, shifted)
    if found.amount is not None and contract.lesser_of_charge and found.amount > dollars(line.charge_cents):
        return Expected(dollars(line.charge_cents), f"{where}: {term.words}, but not more than the charge")
    return found


def _of_term(line: _Line, contract: Contract, term: Term, where: str, shifted: _Shifted) -> Expected:
    basis = f"{where}: {term.words}"
    if term.not_separately_paid:
        return Expected(Decimal("0.00"), basis)
    if term.percent_of_charge is not None:
        return Expected(_share(dollars(line.charge_cents), term.percent_of_charge), basis)
    if term.fee is not None:
        try:
            return Expected((term.fee * Decimal(line.units)).quantize(CENT, ROUND_HALF_UP), basis)
        except ArithmeticError:
            return Expected(None, basis, f"{line.units!r} are no units")
    assert term.percent_of_medicare is not None
    assert line.day is not None
    priced = shifted.get((contract.medicare_year, contract.medicare_on), {}).get(line.id)
    found = _medicare(line, priced, f"{basis} on {contract.medicare_day(line.day)}")
    if found.amount is None:
        return found
    return Expected(_share(found.amount, term.percent_of_medicare), found.basis)


def _medicare(line: _Line, cents: int | None, basis: str) -> Expected:
    if line.recoded:
        return Expected(None, basis, "the payer changed the code: compare by hand")
    if line.billed_claim is None:
        return Expected(None, basis, "the line is not among the lines billed, or can't be read as one")
    if line.of_one_line:
        return Expected(None, basis, "one line sent was answered with several: compare their sum by hand")
    if line.place_assumed:
        return Expected(None, basis, "the ZIP of the place of service is not known: add the claims as sent")
    if cents is None:
        return Expected(None, basis, "the fee schedule gives no amount for this line")
    return Expected(dollars(cents), basis)


def _share(amount: Decimal, percent: Decimal) -> Decimal:
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)


_Shifted = dict[tuple[int | None, date | None], dict[int, int]]


def _shifted_prices(database: duckdb.DuckDBPyConnection, pack: Pack, contracts: Contracts) -> _Shifted:
    """Medicare's amounts as contracts mean them, without the charge: by what they say of the year, and line id."""
    wanted = {
        (contract.medicare_year, contract.medicare_on): contract
        for contract in contracts.contracts
        if any(term is not None and term.percent_of_medicare is not None
               for term in (contract.base, *(carve_out.term for carve_out in contract.carve_outs)))
    }  # fmt: skip
    answer: _Shifted = {}
    for key, contract in wanted.items():
        priced: dict[int, int] = answer.setdefault(key, {})
        for rows in _priced_on(database, pack, contract):
            priced |= dict(rows)
    return answer


def _priced_on(database: duckdb.DuckDBPyConnection, pack: Pack, contract: Contract) -> Iterator[list[tuple[int, int]]]:
    for table in slices(database):
        days = [contract.medicare_day(day) for day in table["service_date"].to_pylist()]
        # Days that become one must not become one claim-day: each keeps a claim of its own.
        keyed = pc.binary_join_element_wise(table["claim_id"], table["service_date"].cast(pa.string()), "@")
        changed = {
            "claim_id": keyed, "service_date": pa.array(days, pa.date32()),
            "charge_cents": pa.nulls(table.num_rows, pa.int64()), "patient_id": pa.nulls(table.num_rows, pa.string()),
        }  # fmt: skip
        shifted = pa.table({name: changed.get(name, table[name]) for name in table.column_names}).cast(table.schema)
        database.register("priced_rows", judge(shifted, pack).prices)
        yield database.execute(
            "SELECT k.id, p.medicare_cents FROM priced_rows p JOIN billed_key k "
            "ON k.billed_claim = regexp_replace(p.claim_id, '@[^@]*$', '') AND k.billed_line = p.line "
            "WHERE p.medicare_cents IS NOT NULL"
        ).fetchall()
        database.unregister("priced_rows")
