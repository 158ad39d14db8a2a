"""Texts as values: many at once are read as one by one, whatever stands among them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trocar.claims.x12.values import cents, whole_numbers

# Amounts as they are written, and texts that are none.
AMOUNTS = st.one_of(
    st.from_regex(r"\A-?[0-9]{1,10}(\.[0-9]{0,3})?\Z"), st.text("0123456789.-", max_size=6), st.just(""), st.just("1e5")
)


def one(text: str) -> tuple[int, bool, bool]:
    """Cents, whether empty, whether no amount in whole cents; X12 has no exponent and no plus."""
    try:
        exact = Decimal(text) * 100 if set(text) <= set("0123456789.-") else None
    except InvalidOperation:
        exact = None
    if exact is None or exact != int(exact):
        return 0, not text, bool(text)
    return int(exact), False, False


@given(st.lists(AMOUNTS, max_size=12))
@example(["12.5", "-.5", "1..5"])
@example(["--5", "1.25"])
@example(["-", "1"])
@example([".", "1"])
@example(["5.", ".5", ".50", "-0.05", "007"])
def test_amounts_together_are_read_as_one_by_one(texts: list[str]) -> None:
    amounts, empty, bad = cents(pa.array(texts, pa.string()))
    found = list(zip(amounts.tolist(), empty.tolist(), bad.tolist(), strict=True))
    assert found == [one(text) for text in texts]


def test_amounts_of_a_part_of_a_column() -> None:
    amounts, empty, bad = cents(pa.array(["x", "12.34", "-5", "", "7.5"]).slice(1, 4))
    assert amounts.tolist() == [1234, -500, 0, 750]
    assert empty.tolist() == [False, False, True, False]
    assert not bad.any()


def test_an_amount_too_large_to_be_money_is_none_whatever_its_neighbours() -> None:
    for others in ([], ["x"], ["1.50"]):
        amounts, _, bad = cents(pa.array(["10000000000000.00", *others]))
        assert (int(amounts[0]), bool(bad[0])) == (0, True)
    amounts, _, bad = cents(pa.array(["9999999999999.99"]))
    assert (int(amounts[0]), bool(bad[0])) == (999_999_999_999_999, False)


@pytest.mark.parametrize("texts", [["1", "12"], ["1", "x"], ["", "3"], ["007", "00000009"], ["123456789", "1"], []])
def test_whole_numbers_have_at_most_eight_digits(texts: list[str]) -> None:
    expected = [int(text) if text.isdecimal() and len(text) < 9 else -1 for text in texts]
    assert whole_numbers(pa.array(texts, pa.string())).tolist() == expected
