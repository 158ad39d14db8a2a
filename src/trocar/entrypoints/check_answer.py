"""The whole answer to ``trocar check``: what the rules said, and the rows that could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from trocar.book.problems import not_read, problem_row
from trocar.book.tally import exit_code, pinned
from trocar.core.finding import NotChecked
from trocar.engine.pack import Pack
from trocar.entrypoints.claims_input import Input
from trocar.scrub.check import CheckResult, ClaimAnswer, check
from trocar.scrub.findings_table import result_rows
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions
from trocar.scrub.together import Part


def shapes(reading: Input, result: CheckResult | Part) -> Iterator[dict[str, Any]]:
    """Findings, then what was not checked, then the rows that can't be read: the JSON shapes."""
    yield from (finding.to_dict() for finding in result.findings)
    yield from (entry.to_dict() for entry in result.not_checked)
    yield from (problem_row(problem) for problem in reading.problems)


def summary_of(reading: Input, result: CheckResult | Part, pack: Pack) -> dict[str, Any]:
    """The counts of the check, beside those of the reader."""
    read = {"rows_read": reading.rows_read, "rows_not_readable": len(reading.problems)}
    return read | result.summary | {"notes": [*reading.notes, *pinned(pack)]}


@dataclass(frozen=True)
class CheckAnswer:
    """Every row read is a line of ``result`` or one of ``reading.problems``: never both, never neither."""

    reading: Input
    result: CheckResult

    @classmethod
    def of(cls, reading: Input, pack: Pack, suppressions: Suppressions = NO_SUPPRESSIONS) -> CheckAnswer:
        """Check what was read."""
        return cls(reading, check(reading.table, pack, suppressions=suppressions))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Findings, then what was not checked, then the rows that can't be read: the JSON shapes."""
        yield from shapes(self.reading, self.result)

    def table_rows(self) -> Iterator[dict[str, Any]]:
        """The same rows with the columns of their line, as files hold them."""
        yield from result_rows(self.result)
        yield from (problem_row(problem) for problem in self.reading.problems)

    def claims(self) -> Iterator[ClaimAnswer]:
        """Claim by claim; a row that can't be read counts as not checked in the verdict of its claim."""
        unread: dict[str, list[NotChecked]] = {}
        for problem in self.reading.problems:
            unread.setdefault(problem.claim_id, []).append(not_read(problem))
        for claim in self.result.claims():
            yield replace(claim, not_checked=(*claim.not_checked, *unread.pop(claim.claim_id, ())))
        for claim_id, entries in unread.items():
            yield ClaimAnswer(claim_id, (), (), tuple(entries))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The counts of the check, beside those of the reader."""
        return summary_of(self.reading, self.result, self.result.batch.line.pack)

    @property
    def exit_code(self) -> int:
        """1 for anything to deny or review; 3 when nothing is, but something was not checked; else 0."""
        return exit_code(self.summary)
