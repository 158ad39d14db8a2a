"""Single values of a hospital's file: read if they can be, with a problem where they are not as required."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from trocar.benchmarks.hospital.model import Problem, Severity
from trocar.claims import cells
from trocar.core.errors import ClaimInputError

# The enumerations of the CSV and JSON data dictionaries, v3.0 (CMSgov/hospital-price-transparency); those of v2.2
# lack CMG and MS-LTC-DRG.
CODE_TYPES_2 = frozenset(
    {
        *("CPT", "NDC", "HCPCS", "RC", "ICD", "DRG", "MS-DRG", "R-DRG", "S-DRG", "APS-DRG", "AP-DRG", "APR-DRG"),
        *("APC", "LOCAL", "EAPG", "HIPPS", "CDT", "CDM", "TRIS-DRG"),
    }
)
CODE_TYPES = {2: CODE_TYPES_2, 3: CODE_TYPES_2 | {"CMG", "MS-LTC-DRG"}}
METHODOLOGIES = frozenset({"case rate", "fee schedule", "percent of total billed charges", "per diem", "other"})
SETTINGS = frozenset({"inpatient", "outpatient", "both"})
DRUG_TYPES = frozenset({"GR", "ME", "ML", "UN", "F2", "EA", "GM"})
NINE_NINES = Decimal(999_999_999)  # "unknown" in version 2's estimated amount, and since then out of habit
_COUNT = re.compile(r"0|1 through 10|1[1-9]|[2-9]\d+|[1-9]\d{2,}")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_LOOSE = re.compile(r"[$,\s%]")


class Values:
    """Reads values and keeps what was wrong with them, in the order met."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.problems: list[Problem] = []

    def problem(self, where: str, kind: str, says: str, severity: Severity = "error") -> None:
        """Add a problem."""
        self.problems.append(Problem(where, kind, says, severity))

    def number(self, value: Any, where: str) -> Decimal | None:
        """An amount or percentage, greater than zero by the dictionary; one that is not is kept, with a problem.

        A dollar sign, commas, or a percent sign about a number are passed over, with a problem.
        """
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self.problem(where, "not-a-number", f"{value!r} is not a number")
            return None
        number = self._number_of(value, where)
        if number is not None and number <= 0:
            self.problem(where, "not-positive", f"{number} is not greater than zero")
        if number == NINE_NINES:
            self.problem(where, "nine-nines", "nine 9s stand for an unknown amount", "alert")
        return number

    def _number_of(self, value: str | int | Decimal, where: str) -> Decimal | None:
        if not isinstance(value, str):
            return Decimal(value)
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            self.problem(where, "not-a-number", f"{text[:40]!r} is not a number")
            text = _LOOSE.sub("", text)
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    def choice(self, text: str, where: str, allowed: Collection[str], *, upper: bool = False) -> str:
        """One of an enumeration, in either case, kept as written otherwise; empty text is no choice."""
        chosen = " ".join(text.split())
        chosen = chosen.upper() if upper else chosen.lower()
        if chosen and chosen not in allowed:
            self.problem(where, "not-allowed", f"{text.strip()[:40]!r} is not one of {', '.join(sorted(allowed))}")
        return chosen

    def count(self, text: str, where: str) -> str:
        """The count of allowed amounts: 0, ``1 through 10``, or 11 and more."""
        told = " ".join(text.split()).lower()
        if told and not _COUNT.fullmatch(told):
            self.problem(where, "not-allowed", f"{told[:40]!r} is not 0, '1 through 10', or a number from 11")
        if told == str(NINE_NINES):
            self.problem(where, "nine-nines", "nine 9s stand for an unknown count", "alert")
        return told

    def day(self, text: str, where: str, *, iso_only: bool = False) -> date | None:
        """A date: ISO, in a CSV also M/D/YYYY."""
        try:
            return date.fromisoformat(text.strip()) if iso_only else cells.service_date(text.strip())
        except (ValueError, ClaimInputError):
            self.problem(where, "not-a-date", f"{text.strip()[:40]!r} is not a date such as 2026-04-01")
            return None


def count_bounds(count: str) -> tuple[int | None, int | None]:
    """The least and the most that a count can mean; ``1 through 10`` is 1 and 10, what can't be read is None twice."""
    if count == "1 through 10":
        return 1, 10
    return (int(count), int(count)) if count.isdigit() else (None, None)
