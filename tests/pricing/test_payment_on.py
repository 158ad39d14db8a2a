"""Dated payment shares: the value on each day, and where none is in force."""

from __future__ import annotations

from datetime import date

import numpy as np

from trocar.core.period import day_number
from trocar.pricing.payment import Dated, Payment

# 2% to the end of March, 1% from May on; nothing in April, and nothing after June.
SHARES = (
    Dated("cut", 2_000, date(2022, 1, 1), date(2022, 3, 31)),
    Dated("cut", 1_000, date(2022, 5, 1), date(2022, 6, 30)),
)


def on(*days: date, missing: int = 0) -> list[int]:
    """The share on each of some days."""
    payment = Payment({"cut": SHARES}, (), frozenset())
    answer: list[int] = payment.on("cut", np.array([day_number(day) for day in days], np.int32), missing).tolist()
    return answer


def test_both_ends_of_a_period_are_in_force() -> None:
    """The days before and after are not."""
    assert on(date(2021, 12, 31), date(2022, 1, 1), date(2022, 3, 31), date(2022, 4, 1)) == [0, 2_000, 2_000, 0]
    assert on(date(2022, 4, 30), date(2022, 5, 1), date(2022, 6, 30), date(2022, 7, 1)) == [0, 1_000, 1_000, 0]


def test_where_none_is_in_force_the_caller_says_what_stands_for_it() -> None:
    """One payment answers with several values for nothing."""
    payment = Payment({"cut": SHARES}, (), frozenset())
    april = np.array([day_number(date(2022, 4, 15))], np.int32)
    assert [payment.on("cut", april, missing).tolist() for missing in (0, 100_000, 0)] == [[0], [100_000], [0]]
