"""Past claims whose verdict flips by what was published since: to send again, and to pay back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from trocar.core.finding import Finding, Severity
from trocar.core.money import dollars
from trocar.core.period import day_from_number, years_after
from trocar.engine.pack import Pack
from trocar.scrub.check import CheckResult, check
from trocar.scrub.findings import at_risk

Action = Literal["resubmit", "repayment exposure"]
# 42 CFR 424.44(a): a claim is filed within one calendar year of the date of service.
FILING_YEARS = 1
# 42 CFR 401.305(f): an overpayment identified within six years of its receipt is reported and returned.
LOOK_BACK_YEARS = 6
# 42 CFR 401.305(b): within 60 days of the day it was identified.
DAYS_TO_RETURN = 60


@dataclass(frozen=True)
class Flip:
    """A line that was to be denied by what had been published on one day and is not by the other, or the reverse.

    ``amount`` is what it would be allowed now, or was allowed then; None where no amount is known. ``last_day`` is the
    filing limit of a line to send again; of a line to pay back, the first day on which its look-back may have ended
    (it counts from the receipt of the payment, which a claim does not tell, so it ends on that day or later).
    """

    action: Action
    claim_id: str
    line: int
    hcpcs: str
    service_date: date
    amount: Decimal | None
    last_day: date
    is_late: bool
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "action": self.action,
            "claim_id": self.claim_id,
            "line": self.line,
            "hcpcs": self.hcpcs,
            "service_date": self.service_date.isoformat(),
            "amount": None if self.amount is None else str(self.amount),
            "last_day": self.last_day.isoformat(),
            "is_late": self.is_late,
            "rules": [finding.rule for finding in self.findings],
            "messages": [finding.message for finding in self.findings],
            "citations": [citation.to_dict() for finding in self.findings for citation in finding.citations],
        }


@dataclass(frozen=True)
class Rescan:
    """What flips, dearest first; how many lines were compared, and how many could not be."""

    flips: tuple[Flip, ...]
    lines: int
    not_compared: int
    published_between: tuple[str, ...]


def rescan(claims: pa.Table, then: Pack, now: Pack) -> Rescan:
    """Check the claims by what had been published on two days, each the clock of one pack, and compare the verdicts.

    A line flips when a rule denies it on one side and none on the other, and those rules could speak on both. One that
    does not, and of which some rule that denies could not speak on a side, was not compared. A line
    whose payer denied it already (``prior_outcome``) was not paid, so it is nothing to pay back.
    """
    before, after = _Verdicts(check(claims, then)), _Verdicts(check(claims, now))
    flips, not_compared = [], 0
    paid = before.result.batch.line.lines.texts("prior_outcome")
    for line, (was, is_now) in enumerate(zip(before.denied, after.denied, strict=True)):
        unheard = before.unheard[line] | after.unheard[line]
        if bool(was) == bool(is_now) or unheard & (was.keys() | is_now.keys()):
            not_compared += bool(unheard)
        elif was:
            flips.append(_flip("resubmit", line, was, after, now))
        elif paid[line] != "DENY":
            flips.append(_flip("repayment exposure", line, is_now, before, now))
    flips.sort(key=lambda flip: (-(flip.amount or Decimal(0)), flip.claim_id, flip.line))
    return Rescan(tuple(flips), len(before.denied), not_compared, tuple(_published_between(then, now)))


class _Verdicts:
    """The denials of each line by rule, and the rules that deny but could not speak of it."""

    def __init__(self, result: CheckResult) -> None:
        self.result = result
        self.stakes = at_risk(result.prices)
        self.denied: list[dict[str, Finding]] = [{} for _ in range(len(result.batch.line))]
        self.unheard: list[set[str]] = [set() for _ in self.denied]
        for line, finding in result.located_findings:
            if finding.severity is Severity.DENY:
                self.denied[line].setdefault(finding.rule, finding)
        denying = {outcome.rule.id for outcome in result.outcomes if outcome.rule.severity is Severity.DENY}
        for line, entry in result.located_not_checked:
            self.unheard[line].update(denying.intersection(entry.rules))


def _flip(action: Action, line: int, findings: Mapping[str, Finding], payable: _Verdicts, now: Pack) -> Flip:
    """The flip of a line; ``payable`` is the side on which nothing denies it."""
    lines = payable.result.batch.line.lines
    day = day_from_number(int(lines.day[line]))
    cents = int(payable.stakes[line])
    years = FILING_YEARS if action == "resubmit" else LOOK_BACK_YEARS
    last_day = years_after(day, years)
    assert now.published_by is not None
    return Flip(
        action,
        lines.claim_texts[line],
        int(lines.line_number[line]),
        lines.hcpcs[line],
        day,
        dollars(cents) if cents >= 0 else None,
        last_day,
        last_day < now.published_by,
        tuple(findings.values()),
    )


def _published_between(then: Pack, now: Pack) -> Iterator[str]:
    """The releases that count by the later day and did not by the earlier one."""
    for table, calendar in now.calendars.items():
        for ordinal, file in enumerate(calendar.releases):
            if calendar.counts(ordinal) and not then.calendars[table].counts(ordinal):
                yield f"{file.release} of {table}, published {calendar.published[ordinal]}"
