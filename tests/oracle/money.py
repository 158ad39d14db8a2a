"""Dollars of the oracle: Decimal, rounded half up to the cent, and percentages of an amount already rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """The amount rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def share_of(amount: Decimal, percent: str) -> Decimal:
    """A percentage of an amount, rounded to the cent (DOMAIN A1: every later step is rounded again)."""
    return cents(amount * Decimal(percent) / 100)
