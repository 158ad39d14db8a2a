"""Periods hold their first and their last day."""

from __future__ import annotations

from datetime import date

from trocar.core.period import Period, day_from_number, day_number, fiscal_year, quarter


def test_both_ends_are_in_force() -> None:
    """The last day of a quarter is in it, the day after is not."""
    third = quarter(2024, 3)
    assert date(2024, 7, 1) in third
    assert date(2024, 9, 30) in third
    assert date(2024, 10, 1) not in third
    assert date(2030, 1, 1) in Period(date(2024, 7, 1))


def test_fiscal_year() -> None:
    """An ICD-10-CM year runs from October to September."""
    assert fiscal_year(2026) == Period(date(2025, 10, 1), date(2026, 9, 30))


def test_day_numbers_go_both_ways() -> None:
    """2024-01-01 is day 19,723: 54 years of 365 days and 13 leap days after 1970-01-01."""
    assert day_number(date(2024, 1, 1)) == 54 * 365 + 13
    assert day_from_number(19_723) == date(2024, 1, 1)
