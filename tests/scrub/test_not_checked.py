"""What was not checked: every line and table once, with the rules that were held back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.distinct import HASHED_FROM
from trocar.engine.neighbours import MOST_LINES_OF_A_DAY, Neighbours
from trocar.engine.starter import open_starter
from trocar.pricing.ledger import Status
from trocar.rules.coverage import CLAIM_DAY
from trocar.scrub.check import CheckResult, check
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


def test_more_lines_of_a_day_than_a_claim_holds_are_not_compared() -> None:
    """999 lines are: 76942 is found beside 20610, which includes it. One more is no claim: said of every line."""

    def checked(count: int) -> CheckResult:
        codes = ["20610", "76942", *["99213"] * (count - 2)]
        made = [
            ClaimLine(claim_id="A", line=number, service_date=date(2024, 8, 15), hcpcs=code, place_of_service="11")
            for number, code in enumerate(codes, 1)
        ]
        return check(claim_table(made), open_starter())

    assert any(finding.line == 2 and finding.rule == "NC002" for finding in checked(MOST_LINES_OF_A_DAY).findings)
    crowded = checked(MOST_LINES_OF_A_DAY + 1)
    assert crowded.findings == []
    told = [entry for entry in crowded.not_checked if entry.needs == CLAIM_DAY]
    assert [entry.line for entry in told] == list(range(1, 1_001))
    assert "1000 lines on one day" in told[0].not_checked


def test_a_day_of_many_lines_takes_time_in_proportion() -> None:
    """Forty thousand lines of one claim and day would be 1.6 thousand million pairs: there is none."""
    assert len(Neighbours.of(np.zeros(40_000, np.int32)).left) == 0
