"""One item of a hospital's file in one shape, whichever of the three layouts it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

# From the name of a field of ``Charge`` or ``PayerCharge`` to the address of its value: a cell (C14) or a JSON path.
Where = Callable[[str], str]
Severity = Literal["error", "alert"]
Layout = Literal["csv-tall", "csv-wide", "json"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place of a file. ``kind`` is stable and listed in docs/benchmarks.md.

    An error is a departure from what CMS's dictionary requires; an alert is allowed by it, but spoils the value.
    """

    where: str
    kind: str
    says: str
    severity: Severity = "error"


@dataclass(slots=True)
class PayerCharge:
    """What one payer's plan pays for an item: at least one of dollar, percent and algorithm, if the file is right.

    ``percent`` is a whole number of percent. ``estimated`` is version 2's; ``median``, ``p10``, ``p90`` and
    ``count`` (as written: ``0``, ``1 through 10``, or 11 and more) are version 3's, from paid claims.
    """

    where: Where
    payer: str = ""
    plan: str = ""
    dollar: Decimal | None = None
    percent: Decimal | None = None
    algorithm: str = ""
    methodology: str = ""
    estimated: Decimal | None = None
    median: Decimal | None = None
    p10: Decimal | None = None
    p90: Decimal | None = None
    count: str = ""
    notes: str = ""

    @property
    def is_charged(self) -> bool:
        """Whether any of the three ways to pay is given."""
        return self.dollar is not None or self.percent is not None or bool(self.algorithm)


@dataclass(slots=True)
class Charge:
    """An item in one setting: its codes of all types, the hospital's own prices, and what each payer pays."""

    where: Where
    description: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    setting: str = ""
    billing_class: str = ""
    modifiers: tuple[str, ...] = ()
    gross: Decimal | None = None
    cash: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    drug_unit: Decimal | None = None
    drug_type: str = ""
    notes: str = ""
    payers: list[PayerCharge] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hospital:
    """What a file says of itself. ``version`` is told by the file's shape, ``declared`` is what it claims."""

    name: str = ""
    licence: str = ""
    state: str = ""
    npis: tuple[str, ...] = ()
    declared: str = ""
    version: int = 2
    last_updated_on: date | None = None
    attested: bool | None = None
    layout: Layout = "json"

    @property
    def id(self) -> str:
        """Licence number and state, else the first type 2 NPI, else the name: whose price it is."""
        if self.licence:
            return f"{self.licence}|{self.state}"
        return self.npis[0] if self.npis else self.name
