"""What payers have agreed to pay, as typed terms: whose contract, which term of it, which Medicare fee is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Term:
    """One way to pay a line: exactly one of the four is given. Percents are exact (120 is 1.2 times)."""

    percent_of_medicare: Decimal | None = None
    percent_of_charge: Decimal | None = None
    fee: Decimal | None = None
    not_separately_paid: bool = False

    @property
    def words(self) -> str:
        """The term as people say it."""
        if self.percent_of_medicare is not None:
            return f"{self.percent_of_medicare}% of Medicare"
        if self.percent_of_charge is not None:
            return f"{self.percent_of_charge}% of the charge"
        return f"fee {self.fee} a unit" if self.fee is not None else "not separately paid"


@dataclass(frozen=True, slots=True)
class CarveOut:
    """Codes, modifiers or places that are paid by a term of their own; an empty list stands for all."""

    codes: tuple[tuple[str, str], ...]
    modifiers: frozenset[str]
    places: frozenset[str]
    term: Term

    def holds(self, hcpcs: str, modifiers: Sequence[str], place: str) -> bool:
        """Whether a line is one of those."""
        return (
            (not self.codes or any(first <= hcpcs <= last for first, last in self.codes))
            and (not self.modifiers or bool(self.modifiers.intersection(modifiers)))
            and (not self.places or place in self.places)
        )


@dataclass(frozen=True, slots=True)
class Fee:
    """A row of a fee table; an empty modifier or place stands for any that has no row of its own."""

    amount: Decimal
    first: date
    last: date
    where: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What one payer pays from ``first`` to ``last``; carve-outs come first, then the fee table, then ``base``.

    ``medicare_year`` and ``medicare_on`` say whose Medicare fee is meant: that of the same day in another year, or of
    one day; without either, that of the day of service. ``tolerance`` is the difference that counts as rounding.
    """

    name: str
    payers: frozenset[str]
    first: date
    last: date
    base: Term | None = None
    carve_outs: tuple[CarveOut, ...] = ()
    fees: Mapping[tuple[str, str, str], tuple[Fee, ...]] = field(default_factory=dict)
    lesser_of_charge: bool = False
    medicare_year: int | None = None
    medicare_on: date | None = None
    appeal_days: int | None = None
    tolerance: Decimal = Decimal("0.01")

    def medicare_day(self, day: date) -> date:
        """The day whose Medicare fee schedule is meant for a service on a day."""
        if self.medicare_on is not None:
            return self.medicare_on
        if self.medicare_year is None:
            return day
        leap = (day.month, day.day) == (2, 29)
        return day.replace(year=self.medicare_year, day=28) if leap else day.replace(year=self.medicare_year)

    def term(self, hcpcs: str, modifiers: Sequence[str], place: str, day: date) -> tuple[Term, str] | None:
        """The term of a line and where it stands; None when the contract says nothing of it."""
        for number, carve_out in enumerate(self.carve_outs, 1):
            if carve_out.holds(hcpcs, modifiers, place):
                return carve_out.term, f"{self.name}, carve-out {number}"
        for modifier in (*modifiers, ""):
            for at in (place, ""):
                for fee in self.fees.get((hcpcs, modifier, at), ()):
                    if fee.first <= day <= fee.last:
                        return Term(fee=fee.amount), f"{self.name}, {fee.where}"
        return None if self.base is None else (self.base, f"{self.name}, base")


@dataclass(frozen=True, slots=True)
class Contracts:
    """All contracts of a file."""

    contracts: tuple[Contract, ...] = ()

    def of(self, payer_id: str, payer_name: str, day: date) -> Contract | None:
        """The contract of a payer, known by its id or its name in either case, in force on a day."""
        names = {payer_id.strip().casefold(), payer_name.strip().casefold()} - {""}
        for contract in self.contracts:
            if names & contract.payers and contract.first <= day <= contract.last:
                return contract
        return None
