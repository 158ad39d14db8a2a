"""The Wilson interval against figures worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trocar.community.wilson import wilson_interval


def test_eight_of_ten() -> None:
    """z = 1.95996, z^2 = 3.84146, z^2/n = 0.384146."""
    # centre (0.8 + 0.192073) / 1.384146 = 0.716740
    # half   1.95996 x sqrt(0.8 x 0.2 / 10 + 0.384146 / 10 / 4) / 1.384146
    #        = 1.95996 x sqrt(0.016 + 0.00960365) / 1.384146 = 1.95996 x 0.160012 / 1.384146 = 0.226578
    assert wilson_interval(8, 10) == pytest.approx((0.490162, 0.943318), abs=2e-6)


def test_none_of_five() -> None:
    """The lower bound is nothing; the upper is z^2 / (n + z^2)."""
    # 3.84146 / (5 + 3.84146) = 0.434482
    assert wilson_interval(0, 5) == pytest.approx((0.0, 0.434482), abs=2e-6)


@given(st.integers(1, 500), st.data())
def test_bounds_hold_the_share_and_mirror(trials: int, data: st.DataObject) -> None:
    """0 <= low <= share <= high <= 1; failures have the mirrored interval."""
    successes = data.draw(st.integers(0, trials))
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1
    assert wilson_interval(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)
