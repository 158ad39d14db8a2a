"""Distinct values and groups, against the plain way of saying the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trocar.engine.distinct import FEW, HASHED_FROM, distinct, groups, numbered, spans, spread

ROWS = st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 3), st.booleans()), min_size=1, max_size=2 * FEW)


@given(ROWS, st.sampled_from([1, 1 << 29, 1 << 30, 1 << 61]))
def test_groups_are_the_places_of_the_combinations_in_their_order(rows: list[tuple[int, int, bool]], wide: int) -> None:
    """Equal rows have one number, and the numbers follow the order of the rows, also where 63 bits can't hold them."""
    places = {row: place for place, row in enumerate(sorted(set(rows)))}
    first, second, third = (np.array(column) for column in zip(*rows, strict=True))
    assert groups(first * wide, second * wide, third).tolist() == [places[row] for row in rows]


def test_groups_of_other_than_whole_numbers() -> None:
    """0.25 and 0.75 are not one number."""
    assert groups(np.tile([0.75, 0.25], FEW), np.zeros(2 * FEW, np.int32)).tolist() == [1, 0] * FEW


def test_no_rows_have_no_groups() -> None:
    """An empty batch is no error."""
    assert groups(np.empty(0, np.int64), np.empty(0, np.int32)).tolist() == []


@pytest.mark.parametrize("length", [0, 1, HASHED_FROM - 1, HASHED_FROM, HASHED_FROM + 1])
def test_every_value_is_found_again(length: int) -> None:
    """The position of a value leads back to it, on both sides of the size from which values are hashed."""
    values = np.arange(length) % 7 - 1
    found, which = distinct(values)
    assert found[which].tolist() == values.tolist()


def test_a_book_asks_once_for_each_value() -> None:
    """A large batch of seven values asks for seven."""
    found, _ = distinct(np.arange(HASHED_FROM) % 7)
    assert sorted(found.tolist()) == [0, 1, 2, 3, 4, 5, 6]


@given(st.lists(st.integers(-2, 3), max_size=2 * FEW))
def test_keys_are_numbered_as_they_come(keys: list[int]) -> None:
    """On both sides of the size from which Arrow numbers them."""
    order = list(dict.fromkeys(keys))
    assert numbered(np.array(keys, np.int64)).tolist() == [order.index(key) for key in keys]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=8))
def test_a_group_spans_values_that_differ(entries: list[tuple[int, int]]) -> None:
    """An entry is told when any entry of its group has another value."""
    group, values = np.array(entries, np.int64).reshape(-1, 2).T
    told = [any(one == other and value != own for other, value in entries) for one, own in entries]
    assert spans(group, values).tolist() == told


def test_ranges_are_spread_into_their_rows() -> None:
    """An empty range has no row: 7 and 8 of the first, none of the second, 3 of the third."""
    owner, rows = spread(np.array([7, 5, 3]), np.array([2, 0, 1]))
    assert (owner.tolist(), rows.tolist()) == ([0, 0, 2], [7, 8, 3])
