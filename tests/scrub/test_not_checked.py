"""What was not checked: every line and table once, with the rules that were held back."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from trocar.engine.distinct import HASHED_FROM
from trocar.pricing.ledger import Status
from trocar.scrub.check import CheckResult
from trocar.scrub.not_checked import combinations


@settings(max_examples=40)
@given(st.integers(1, 9), st.integers(0, 12), st.sampled_from([1, HASHED_FROM]), st.data())
def test_combinations_tell_every_membership(sets: int, length: int, copies: int, data: st.DataObject) -> None:
    """Each entry gets exactly the sets it is in, in a claim and in a book."""
    chosen = np.tile(data.draw(arrays.arrays(np.bool_, (sets, length))), copies)
    told, which = combinations(list(chosen))
    assert (np.array(told, np.bool_).reshape(-1, sets)[which] == chosen.T).all()


def test_more_sets_than_a_number_has_bits() -> None:
    """A hundred kinds of entries, each in a set of its own: a hundred combinations, none lost."""
    chosen = np.tile(np.eye(100, dtype=np.bool_), HASHED_FROM)
    told, which = combinations(list(chosen))
    assert len(told) == 100
    assert (np.array(told)[which] == chosen.T).all()


def test_rules_are_held_back_where_they_say_so(examples_checked: CheckResult) -> None:
    """Line by line and table by table, the rules of the gaps; ``price`` for a line that could not be priced."""
    expected: dict[tuple[int, str], list[str]] = defaultdict(list)
    for outcome in examples_checked.outcomes:
        for gap in outcome.unchecked:
            for line in np.flatnonzero(gap.where).tolist():
                expected[line, gap.table].append(outcome.rule.id)
    for line in np.flatnonzero(examples_checked.prices.ledger.status == Status.NOT_CHECKED).tolist():
        expected[line, "price"].append("price")
    told = {(line, entry.needs): list(entry.rules) for line, entry in examples_checked.located_not_checked}
    assert len(told) == len(examples_checked.located_not_checked)
    assert told == expected
    assert {"price", "schedule", "mue"} <= {table for _, table in told}


def test_they_stand_by_row_then_table(examples_checked: CheckResult) -> None:
    """The order of the input rows; on one row that of the tables' names."""
    source = examples_checked.batch.line.lines.source
    told = [(int(source[line]), entry.needs) for line, entry in examples_checked.located_not_checked]
    assert told == sorted(told)
