"""Summaries of parts added up: the parts share no claim, so every count of the whole is the sum of theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from trocar.core.finding import Severity
from trocar.engine.pack import Pack
from trocar.pricing.ledger import Status
from trocar.scrub.suppression import merged_suppressed

CLEAR, FINDINGS, NOT_CHECKED = 0, 1, 3
_RULE_COUNTS = ("found", "clear", "not_checked", "suppressed")


def merged(summaries: Iterable[Mapping[str, Any]], pack: Pack) -> dict[str, Any]:
    """The summary (``CheckResult.summary``) of the parts together."""
    parts = list(summaries)
    statuses = _sum(part["price_status"] for part in parts)
    findings = _sum(part["findings"] for part in parts)
    suppressed = [part["suppressed"] for part in parts if "suppressed" in part]
    rules = {rule: _sum(part["rules"][rule] for part in parts) for rule in (parts[0]["rules"] if parts else ())}
    return {
        "lines": sum(part["lines"] for part in parts),
        "claims": sum(part["claims"] for part in parts),
        "price_status": {name: statuses[name] for status in Status if (name := status.name.lower()) in statuses},
        "findings": {severity.value: findings[severity.value] for severity in Severity},
        "amount_at_risk": str(sum((Decimal(part["amount_at_risk"]) for part in parts), Decimal("0.00"))),
        "lines_not_checked": sum(part["lines_not_checked"] for part in parts),
        "rules": {
            rule: {name: counts[name] for name in _RULE_COUNTS if name in counts} for rule, counts in rules.items()
        },
        "releases": _releases([part["releases"] for part in parts], pack),
        **({"suppressed": merged_suppressed(suppressed)} if suppressed else {}),
    }


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in counts:
        total.update(part)
    return total


def _releases(parts: list[Mapping[str, list[str]]], pack: Pack) -> dict[str, list[str]]:
    """The union by table, in the order of the store."""
    answer = {}
    for table, calendar in pack.calendars.items():
        used = {name for part in parts for name in part.get(table, ())}
        names = list(dict.fromkeys(file.release for file in calendar.releases if file.release in used))
        if names:
            answer[table] = names
    return answer


def pinned(pack: Pack) -> Iterator[str]:
    """A pin answers for days it is not in force on, a clock leaves releases out: a default confesses itself."""
    for table, calendar in pack.calendars.items():
        if out := calendar.left_out():
            yield f"{table}{pack.clock}: {out}"
        if calendar.is_pinned:
            release = calendar.releases[int(calendar.by_day[0])]
            yield f"{release.release} of {table} pinned on every day; in force {release.period}"


def exit_code(summary: Mapping[str, Any]) -> int:
    """1 for anything to deny or review; 3 when nothing is, but something was not checked; else 0."""
    if summary["findings"]["deny"] or summary["findings"]["review"]:
        return FINDINGS
    return NOT_CHECKED if summary["lines_not_checked"] or summary["rows_not_readable"] else CLEAR
