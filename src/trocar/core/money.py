"""Money: exact everywhere, and rounded here alone.

At the surface an amount is a ``Decimal`` of dollars; in the kernel it is an ``int`` (or an int64 array) of
cents. Relative values are integers of hundredths (RVU), indices of thousandths (GPCI), conversion factors of
ten-thousandths (CF): their product is an integer of 1e-9 dollars. Every function works on integers and on
integer arrays alike, since it uses arithmetic operators only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

CENT = Decimal("0.01")
RVU_SCALE = 100
GPCI_SCALE = 1_000
CF_SCALE = 10_000
# RVU x GPCI x CF counts 1e-9 dollars; a cent is 1e7 of them.
_FEE_UNITS_PER_CENT = RVU_SCALE * GPCI_SCALE * CF_SCALE // 100

# An int, or an int64 array: the core knows no third-party type, so it can't name the array.
Integers: TypeAlias = Any


def round_half_up(numerator: Integers, denominator: int) -> Integers:
    """``numerator / denominator`` rounded half-up to a whole number; the numerator must not be negative.

    One rounding to the cent, half-up: DOMAIN rule A1 (proved on 371,970 published OPPSCAP amounts; the tie
    rule itself can't be observed in them).
    """
    return (2 * numerator + denominator) // (2 * denominator)


def fee_units(
    work: Integers,
    practice_expense: Integers,
    malpractice: Integers,
    work_gpci: Integers,
    practice_expense_gpci: Integers,
    malpractice_gpci: Integers,
    conversion_factor: Integers,
) -> Integers:
    """The unrounded fee in 1e-9 dollars: (W x gW + PE x gPE + MP x gMP) x CF on scaled integers."""
    total = work * work_gpci + practice_expense * practice_expense_gpci + malpractice * malpractice_gpci
    return total * conversion_factor


def fee_cents(
    work: Integers,
    practice_expense: Integers,
    malpractice: Integers,
    work_gpci: Integers,
    practice_expense_gpci: Integers,
    malpractice_gpci: Integers,
    conversion_factor: Integers,
) -> Integers:
    """The fee in cents, rounded once at the very end (RVU25D.pdf, formula; DOMAIN A1)."""
    units = fee_units(
        work,
        practice_expense,
        malpractice,
        work_gpci,
        practice_expense_gpci,
        malpractice_gpci,
        conversion_factor,
    )
    return round_half_up(units, _FEE_UNITS_PER_CENT)


def share_cents(cents: Integers, per_hundred_thousand: int) -> Integers:
    """A share of an already rounded amount, rounded to the cent again.

    The share is in hundred-thousandths, so 13.6% is 13_600 and 109.25% is 109_250. Rounding after each step
    is the convention of 100-04 ch. 12 section 40.4 for split care, extended to the other percentages.
    """
    return round_half_up(cents * per_hundred_thousand, 100_000)


def dollars(cents: int) -> Decimal:
    """Cents as an exact ``Decimal`` of dollars with two decimals."""
    return Decimal(int(cents)).scaleb(-2)


def scaled(text: str, scale: int) -> int:
    """A decimal text as a whole number of ``1/scale``; raises ``ValueError`` if it does not fit exactly."""
    value = Decimal(text.strip()) * scale
    if value != value.to_integral_value():
        raise ValueError(f"{text!r} has more decimals than 1/{scale}")
    return int(value)
