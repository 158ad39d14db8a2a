"""Answers stand by input row, then kind, then words."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trocar.scrub.order import by_row

ANSWERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.sampled_from(["", "a", "b", "ä"])), max_size=30)


@given(ANSWERS)
def test_as_sorting_the_answers_one_by_one(answers: list[tuple[int, int, str]]) -> None:
    """Python's own sort of the same triples; equal ones stay as they came."""
    rows, kinds = (np.array([answer[at] for answer in answers], np.int64) for at in (0, 1))
    order = by_row(rows, kinds, lambda at: answers[at][2])
    assert order.tolist() == sorted(range(len(answers)), key=lambda at: answers[at])


def test_words_are_not_asked_for_where_nothing_is_alike() -> None:
    """Rows 2, 0, 1: no two answers of one row, so that no word is needed."""

    def never(at: int) -> str:
        raise AssertionError(at)

    assert by_row(np.array([2, 0, 1]), np.array([0, 0, 0]), never).tolist() == [1, 2, 0]
