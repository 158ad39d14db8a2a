"""The ledger: a line has one answer, and an amount changes only on lines that are still open."""

from __future__ import annotations

import numpy as np

from trocar.pricing.ledger import Ledger, Status

EVERY = np.ones(3, np.bool_)


def lines(*chosen: bool) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of three lines are meant."""
    return np.array(chosen, np.bool_)


def test_the_first_answer_stands() -> None:
    """A closed line is given no second answer and no second reason."""
    ledger = Ledger(3)
    ledger.close(lines(True, False, False), Status.PACKAGED, "packaged")
    ledger.close(EVERY, Status.BY_REPORT, "team_by_report")
    assert ledger.status.tolist() == [Status.PACKAGED, Status.BY_REPORT, Status.BY_REPORT]
    assert [note.where.tolist() for note in ledger.reasons] == [[True, False, False], [False, True, True]]


def test_what_was_open_before_stays_as_it_was_read() -> None:
    """Closing a line does not change an earlier answer to which lines were open."""
    ledger = Ledger(3)
    before = ledger.open
    ledger.close(lines(False, True, False), Status.PACKAGED, "packaged")
    assert before.tolist() == [True, True, True]
    assert ledger.open.tolist() == [True, False, True]


def test_a_share_is_taken_of_open_lines_only() -> None:
    """16 percent of 100.03 is 16.0048 -> 16.00; a closed line and a line not meant keep their amount."""
    ledger = Ledger(3)
    ledger.step("fee", EVERY, np.array([10_003, 10_003, 10_003]))
    ledger.close(lines(True, False, False), Status.PACKAGED, "packaged")
    ledger.take_share("assistant_physician", lines(True, True, False), 16_000)
    assert ledger.amount.tolist() == [10_003, 1_600, 10_003]
    assert ledger.steps[-1].where.tolist() == [False, True, False]


def test_a_step_that_no_line_takes_is_not_told() -> None:
    """No open line among those meant: no step."""
    ledger = Ledger(3)
    ledger.close(lines(True, False, False), Status.PACKAGED, "packaged")
    ledger.take_share("assistant_physician", lines(True, False, False), 16_000)
    assert ledger.steps == []


def test_the_lines_left_are_priced() -> None:
    """What nothing closed carries its amount, and is open no longer."""
    ledger = Ledger(3)
    ledger.close(lines(False, True, False), Status.NOT_CHECKED, "no_schedule")
    ledger.finish()
    assert ledger.status.tolist() == [Status.PRICED, Status.NOT_CHECKED, Status.PRICED]
    assert not ledger.open.any()


def test_the_answers_are_numbered_from_nothing() -> None:
    """Books and summaries take an answer's name by its number."""
    assert [status.value for status in Status] == list(range(8))
