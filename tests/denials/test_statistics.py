"""Chances and false discoveries, against sums worked by hand and the definition."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trocar.denials.statistics import enrichment_chance, false_discovery


def test_the_chance_is_that_of_drawing_without_return() -> None:
    """3 of 3 denied, when 3 of 10 are: 1 / C(10, 3) = 1/120."""
    assert enrichment_chance(3, 3, 3, 10) == pytest.approx(1 / 120)


@given(st.data())
def test_the_chance_is_the_sum_of_its_definition(data: st.DataObject) -> None:
    """The upper tail, exactly, on either side of the mean."""
    total = data.draw(st.integers(1, 60))
    all_hits, drawn = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    hits = data.draw(st.integers(max(0, drawn - (total - all_hits)), min(drawn, all_hits)))
    tail = sum(comb(all_hits, k) * comb(total - all_hits, drawn - k) for k in range(hits, min(drawn, all_hits) + 1))
    assert enrichment_chance(hits, drawn, all_hits, total) == pytest.approx(tail / comb(total, drawn), rel=1e-9)


def test_more_denials_than_there_are_is_an_error() -> None:
    """Counts that contradict each other are not judged."""
    with pytest.raises(ValueError, match="can't be denied"):
        enrichment_chance(4, 5, 3, 10)


def test_false_discovery_of_the_worked_example() -> None:
    """Ranks 1 to 4 of 4 tests: 0.01 x 4/1, 0.02 x 4/2, 0.03 x 4/3, 0.5 x 4/4; never below those before it."""
    # 0.01 x 4 = 0.04, 0.02 x 2 = 0.04, 0.03 x 4/3 = 0.04, 0.5
    assert false_discovery([0.03, 0.5, 0.01, 0.02]) == pytest.approx([0.04, 0.5, 0.04, 0.04])


@given(st.lists(st.floats(0, 1), max_size=30))
def test_rates_keep_the_order_of_chances(chances: list[float]) -> None:
    """A smaller chance never has a larger rate, and no rate is smaller than its chance."""
    rates = false_discovery(chances)
    ordered = [rate for _, rate in sorted(zip(chances, rates, strict=True))]
    assert ordered == sorted(ordered)
    assert all(rate >= chance * (1 - 1e-12) for rate, chance in zip(rates, chances, strict=True))
