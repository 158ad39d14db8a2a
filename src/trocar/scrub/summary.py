"""What a check comes to, in counts, money and releases: of the whole batch, or of each of the books in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trocar.core.finding import Severity
from trocar.core.money import dollars
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Status
from trocar.rules.evaluate import NO_LINES
from trocar.scrub.findings import at_risk
from trocar.scrub.suppression import suppressed_shape

if TYPE_CHECKING:
    from trocar.scrub.check import CheckResult


def summaries(result: CheckResult, ends: Sequence[int]) -> list[dict[str, Any]]:
    """The summaries of parts of a batch, each part the lines (canonical order) from the end of the one before.

    For every rule found + clear + not checked (+ suppressed) = lines: nothing is counted twice or lost. What was
    suppressed is told where the user has suppressions at all, and is never clear.
    """
    bounds = np.array([0, *ends])
    by_rule = _by_rule(result, bounds)
    held = _held(result, bounds)
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
            "rules": _counts(by_rule, part, end - first),
            "releases": _releases(result, first, end),
            **({"suppressed": suppressed_shape(result.suppressed, first, end)} if result.suppressed else {}),
        }
        for part, (first, end) in parts
    ]


def _statuses(statuses: Any) -> dict[str, int]:
    counts = {status.name.lower(): int(np.count_nonzero(statuses == status)) for status in Status}
    return {name: count for name, count in counts.items() if count}


def _by_rule(result: CheckResult, bounds: Indices) -> dict[str, dict[str, list[int]]]:
    """For each rule how many lines of each part it found, could not check, or would have found."""
    counts = {key: _per_part(where.nonzero()[0], bounds) for key, where in _gaps(result).items()}
    none = [0] * (len(bounds) - 1)
    lines: dict[str, list[Indices]] = {}
    answer: dict[str, dict[str, list[int]]] = {}
    for outcome in result.outcomes:
        rule = outcome.rule.id
        if len(outcome.lines):
            lines.setdefault(rule, []).append(outcome.lines)
        told = answer.setdefault(rule, {"found": none, "not_checked": none})
        if outcome.unchecked:
            missing = sum(counts[id(gap.where)] for gap in outcome.unchecked)
            told["not_checked"] = np.add(missing, told["not_checked"]).tolist()
    found = {rule: _each_once(np.concatenate(some)) for rule, some in lines.items()}
    for rule, some in found.items():
        answer[rule]["found"] = _per_part(some, bounds).tolist()
    if result.suppressed:
        for rule, told in answer.items():
            taken = [use.taken for use in result.suppressed if use.entry.rule == rule and use.entry.to is None]
            silent = np.setdiff1d(np.concatenate([NO_LINES, *taken]), found.get(rule, NO_LINES))
            told["suppressed"] = _per_part(silent, bounds).tolist()
    return answer


def _counts(by_rule: dict[str, dict[str, list[int]]], part: int, length: int) -> dict[str, dict[str, int]]:
    """The counts of each rule on the lines of one part; what is neither of those told is clear."""
    answer = {}
    for rule, counts in by_rule.items():
        found, missing = counts["found"][part], counts["not_checked"][part]
        told = answer[rule] = {"found": found, "clear": length - found - missing, "not_checked": missing}
        if "suppressed" in counts:
            told["suppressed"] = counts["suppressed"][part]
            told["clear"] -= told["suppressed"]
    return answer


def _gaps(result: CheckResult) -> dict[int, Bools]:
    return {id(gap.where): gap.where for outcome in result.outcomes for gap in outcome.unchecked}


def _held(result: CheckResult, bounds: Indices) -> Indices:
    """How many lines of each part have anything that was not checked."""
    unpriced = result.prices.ledger.stands(Status.NOT_CHECKED)
    return _per_part(np.flatnonzero(np.logical_or.reduce([unpriced, *_gaps(result).values()])), bounds)


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
    if not len(lines):
        return np.zeros(len(bounds) - 1, np.int64)
    before = lines.searchsorted(bounds)
    return before[1:] - before[:-1]


def _each_once(lines: Indices) -> Indices:
    return np.unique(lines) if len(lines) > 1 else lines


def _releases(result: CheckResult, first: int, end: int) -> dict[str, list[str]]:
    """The releases in force on the days of some lines, by table."""
    days = np.array(sorted(set(result.batch.line.lines.day[first:end].tolist())), np.int32)
    answer = {}
    for table, calendar in result.batch.line.pack.calendars.items():
        ordinals = sorted(set(calendar.on(days).tolist()))
        names = [calendar.releases[ordinal].release for ordinal in ordinals if ordinal >= 0]
        if names:
            answer[table] = names
    return answer
