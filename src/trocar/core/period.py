"""Periods in force: first and last day, both included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

EPOCH = date(1970, 1, 1)
# Stands for "no last day known" in the kernel's integer columns.
OPEN_END = date(9999, 12, 31)


def day_number(day: date) -> int:
    """Days since 1970-01-01: how the kernel counts days."""
    return day.toordinal() - EPOCH.toordinal()


def day_from_number(number: int) -> date:
    """The date of a kernel day number."""
    return date.fromordinal(int(number) + EPOCH.toordinal())


@lru_cache(maxsize=10_000)
def iso_day(number: int) -> str:
    """The ISO text of a kernel day number; a book has few days and many lines."""
    return day_from_number(number).isoformat()


def years_after(day: date, years: int) -> date:
    """The same day some calendar years later; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both in force; ``last`` is None while no last day is known."""

    first: date
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat() if self.last else ''}"


def quarter(year: int, number: int) -> Period:
    """Quarter 1 to 4 of a calendar year."""
    first = date(year, 3 * number - 2, 1)
    following = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return Period(first, date.fromordinal(following.toordinal() - 1))


def fiscal_year(year: int) -> Period:
    """US fiscal year, 1 October of the year before to 30 September (the period of an ICD-10-CM release)."""
    return Period(date(year - 1, 10, 1), date(year, 9, 30))
