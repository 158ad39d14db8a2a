"""Ordered pairs of lines of one claim-day."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trocar.engine.neighbours import Neighbours


@given(st.lists(st.integers(1, 5), max_size=8))
def test_every_ordered_pair_once(sizes: list[int]) -> None:
    """The pairs are exactly those of a double loop over each claim-day."""
    claim_day = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    neighbours = Neighbours.of(claim_day)
    found = list(zip(neighbours.left.tolist(), neighbours.right.tolist(), strict=True))
    expected = [
        (one, two)
        for one in range(len(claim_day))
        for two in range(len(claim_day))
        if one != two and claim_day[one] == claim_day[two]
    ]
    assert sorted(found) == expected
