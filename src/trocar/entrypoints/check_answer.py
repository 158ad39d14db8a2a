"""The whole answer to ``trocar check``: what the rules said, and the rows that could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from trocar.claims.csv import RowProblem
from trocar.core.finding import NotChecked, Severity
from trocar.engine.pack import Pack
from trocar.entrypoints.claims_input import Input
from trocar.scrub.check import CheckResult, ClaimAnswer, check

CLEAR, FINDINGS, NOT_CHECKED = 0, 1, 3
READABLE = "readable input"


@dataclass(frozen=True)
class CheckAnswer:
    """Every row read is a line of ``result`` or one of ``reading.problems``: never both, never neither."""

    reading: Input
    result: CheckResult

    @classmethod
    def of(cls, reading: Input, pack: Pack) -> CheckAnswer:
        """Check what was read."""
        return cls(reading, check(reading.table, pack))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Findings, then what was not checked, then the rows that can't be read: the JSON shapes."""
        yield from (finding.to_dict() for finding in self.result.findings)
        yield from (entry.to_dict() for entry in self.result.not_checked)
        yield from (_row_of(problem) for problem in self.reading.problems)

    def claims(self) -> Iterator[ClaimAnswer]:
        """Claim by claim; a row that can't be read counts as not checked in the verdict of its claim."""
        unread: dict[str, list[NotChecked]] = {}
        for problem in self.reading.problems:
            unread.setdefault(problem.claim_id, []).append(_unread(problem))
        for claim in self.result.claims():
            yield replace(claim, not_checked=(*claim.not_checked, *unread.pop(claim.claim_id, ())))
        for claim_id, entries in unread.items():
            yield ClaimAnswer(claim_id, (), (), tuple(entries))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The counts of the check, beside those of the reader."""
        read = {"rows_read": self.reading.rows_read, "rows_not_readable": len(self.reading.problems)}
        return read | self.result.summary | {"notes": [*self.reading.notes, *self._pinned()]}

    def _pinned(self) -> Iterator[str]:
        """A pinned release answers for days it is not in force on: a default confesses itself."""
        for table, calendar in self.result.batch.line.pack.calendars.items():
            if calendar.is_pinned:
                release = calendar.releases[int(calendar.by_day[0])]
                yield f"{release.release} of {table} pinned on every day; in force {release.period}"

    @property
    def exit_code(self) -> int:
        """1 for anything to deny or review; 3 when nothing is, but something was not checked; else 0."""
        if any(finding.severity is not Severity.INFO for finding in self.result.findings):
            return FINDINGS
        return NOT_CHECKED if self.result.not_checked or self.reading.problems else CLEAR


def _words(problem: RowProblem) -> str:
    """All that is wrong with a row, each error with its address and what to do."""
    errors = [problem.error, *problem.also]
    return "; ".join(f"{error['where']}: {error['error']}. {error['remedy']}".strip() for error in errors)


def _unread(problem: RowProblem) -> NotChecked:
    """A row without a line number stands as line 0, where a number is needed."""
    return NotChecked(problem.claim_id, problem.line or 0, _words(problem), READABLE)


def _row_of(problem: RowProblem) -> dict[str, Any]:
    return _unread(problem).to_dict() | {"line": problem.line, "where": problem.where}
