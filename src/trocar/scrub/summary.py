"""What a check comes to, in counts, money and releases: of the whole batch, or of each of the books in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trocar.core.finding import Severity
from trocar.core.money import dollars
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Status
from trocar.scrub.findings import at_risk

if TYPE_CHECKING:
    from trocar.scrub.check import CheckResult


def summaries(result: CheckResult, ends: Sequence[int]) -> list[dict[str, Any]]:
    """The summaries of parts of a batch, each part the lines (canonical order) from the end of the one before.

    For every rule found + clear + not checked = lines: nothing is counted twice or lost.
    """
    bounds = np.array([0, *ends])
    found = [_per_part(_each_once(outcome.lines), bounds) for outcome in result.outcomes]
    missing, held = _missing(result, bounds)
    severities = _severities(result, bounds)
    money = _amounts_at_risk(result, bounds)
    claim = result.batch.line.lines.claim
    parts = enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    return [
        {
            "lines": end - first,
            # Claims are numbered in the order of the lines.
            "claims": int(claim[end - 1] - claim[first]) + 1 if end > first else 0,
            "price_status": _statuses(result.prices.ledger.status[first:end]),
            "findings": {severity.value: int(severities[severity][part]) for severity in Severity},
            "amount_at_risk": str(dollars(money[part])),
            "lines_not_checked": int(held[part]),
            "rules": {
                outcome.rule.id: _counts(end - first, int(found[at][part]), int(missing[at][part]))
                for at, outcome in enumerate(result.outcomes)
            },
            "releases": _releases(result, first, end),
        }
        for part, (first, end) in parts
    ]


def _statuses(statuses: Any) -> dict[str, int]:
    counts = {status.name.lower(): int(np.count_nonzero(statuses == status)) for status in Status}
    return {name: count for name, count in counts.items() if count}


def _missing(result: CheckResult, bounds: Indices) -> tuple[list[Indices], Indices]:
    """How many lines of each part each rule could not check; how many have anything that was not checked."""
    gaps = {id(gap.where): gap.where for outcome in result.outcomes for gap in outcome.unchecked}
    counts = {key: _per_part(where.nonzero()[0], bounds) for key, where in gaps.items()}
    nothing = np.zeros(len(bounds) - 1, np.int64)
    missing = [sum([counts[id(gap.where)] for gap in outcome.unchecked], nothing) for outcome in result.outcomes]
    unpriced = result.prices.ledger.status == Status.NOT_CHECKED
    return missing, _per_part(np.flatnonzero(np.logical_or.reduce([unpriced, *gaps.values()])), bounds)


def _severities(result: CheckResult, bounds: Indices) -> dict[Severity, Indices]:
    """The findings of each severity in each part."""
    answer = {severity: np.zeros(len(bounds) - 1, np.int64) for severity in Severity}
    for outcome in result.outcomes:
        if len(outcome.lines):
            answer[outcome.rule.severity] += _per_part(np.sort(outcome.lines), bounds)
    return answer


def _amounts_at_risk(result: CheckResult, bounds: Indices) -> Indices:
    """For each part the sum, in cents, of what its lines with any deny or review finding stand to lose, each once."""
    lines = np.zeros(len(result.batch.line), np.bool_)
    for outcome in result.outcomes:
        if len(outcome.lines) and outcome.rule.at_risk and outcome.rule.severity is not Severity.INFO:
            lines[outcome.lines] = True
    cents = at_risk(result.prices)
    through = np.concatenate([[0], np.cumsum(np.where(lines & (cents >= 0), cents, 0))])
    return np.diff(through[bounds])


def _per_part(lines: Indices, bounds: Indices) -> Indices:
    """How many of some lines (ascending) are in each part; a part may be empty."""
    before = lines.searchsorted(bounds)
    return before[1:] - before[:-1]


def _each_once(lines: Indices) -> Indices:
    return np.unique(lines) if len(lines) > 1 else lines


def _counts(length: int, found: int, missing: int) -> dict[str, int]:
    return {"found": found, "clear": length - found - missing, "not_checked": missing}


def _releases(result: CheckResult, first: int, end: int) -> dict[str, list[str]]:
    """The releases in force on the days of some lines, by table."""
    days = np.unique(result.batch.line.lines.day[first:end])
    answer = {}
    for table, calendar in result.batch.line.pack.calendars.items():
        ordinals = np.unique(calendar.on(days))
        names = [calendar.releases[ordinal].release for ordinal in ordinals.tolist() if ordinal >= 0]
        if names:
            answer[table] = names
    return answer
