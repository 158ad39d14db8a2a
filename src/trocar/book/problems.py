"""A row that can't be read, in the JSON shape of what was not checked."""

from __future__ import annotations

from typing import Any

from trocar.claims.rows import RowProblem
from trocar.core.finding import NotChecked

READABLE = "readable input"


def not_read(problem: RowProblem) -> NotChecked:
    """The row as something not checked; without a line number it stands as line 0, where a number is needed."""
    return NotChecked(problem.claim_id, problem.line or 0, words(problem), READABLE)


def words(problem: RowProblem) -> str:
    """All that is wrong with a row, each error with its address and what to do."""
    errors = [problem.error, *problem.also]
    return "; ".join(f"{error['where']}: {error['error']}. {error['remedy']}".strip() for error in errors)


def problem_row(problem: RowProblem) -> dict[str, Any]:
    """The JSON shape, with the row's own address."""
    return not_read(problem).to_dict() | {"line": problem.line, "where": problem.where}
