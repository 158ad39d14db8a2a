"""Money is exact and rounded half-up, in one place."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from trocar.core.money import dollars, fee_cents, round_half_up, scaled, share_cents


def test_one_rounding_at_the_end() -> None:
    """77002-26 of RVU25D, national: 0.54 + 0.23 + 0.02 = 0.79; 0.79 x 32.3465 = 25.553735 -> 25.55."""
    assert fee_cents(54, 23, 2, 1000, 1000, 1000, 323465) == 2555


def test_a_tie_in_the_last_digit_goes_up() -> None:
    """Half a cent rounds up: 61530 in MAC 12502 locality 99 is 2911.185 exactly (DOMAIN A1) -> 2911.19."""
    assert round_half_up(2911185, 10) == 291119
    assert round_half_up(2911184, 10) == 291118


def test_arrays_and_integers_agree() -> None:
    """The same function serves the kernel's arrays."""
    values = np.array([54, 67], np.int64)
    assert fee_cents(values, 23, 2, 1000, 1000, 1000, 323465).tolist() == [
        fee_cents(54, 23, 2, 1000, 1000, 1000, 323465),
        fee_cents(67, 23, 2, 1000, 1000, 1000, 323465),
    ]


def test_shares_round_again() -> None:
    """64483-50: 236.13 x 1.5 = 354.195 -> 354.20; nonparticipating 122.27 x 0.95 = 116.1565 -> 116.16."""
    assert share_cents(23613, 150_000) == 35420
    assert share_cents(12227, 95_000) == 11616


def test_every_scale_shows_in_a_large_amount() -> None:
    """100 RVU x 1.000 x 32.3465 = 3,234.65; 95% of 100,000.00 = 95,000.00: a scale off by one shows."""
    assert fee_cents(10_000, 0, 0, 1000, 1000, 1000, 323465) == 323465
    assert share_cents(10_000_000, 95_000) == 9_500_000


def test_text_to_scaled_integer_is_exact() -> None:
    """A text with more decimals than the scale holds is refused, never rounded."""
    assert scaled("32.3465", 10_000) == 323465
    assert dollars(2555) == Decimal("25.55")
    with pytest.raises(ValueError, match="more decimals"):
        scaled("0.005", 100)
