"""The summary, counted from columns, is what one counts finding by finding."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from trocar.core.finding import Severity
from trocar.scrub.check import CheckResult


def test_counted_finding_by_finding(examples_checked: CheckResult) -> None:
    """Severities, lines found by rule, and money: on each line the most that a deny or review finding puts at risk."""
    summary = examples_checked.summary
    severities: Counter[str] = Counter()
    found: dict[str, set[int]] = {}
    worst: dict[int, Decimal] = {}
    for line, finding in examples_checked.located_findings:
        severities[finding.severity.value] += 1
        found.setdefault(finding.rule, set()).add(line)
        if finding.severity is not Severity.INFO and finding.amount_at_risk is not None:
            worst[line] = max(worst.get(line, Decimal(0)), finding.amount_at_risk)
    assert summary["findings"] == {severity.value: severities[severity.value] for severity in Severity}
    assert summary["amount_at_risk"] == str(sum(worst.values(), Decimal("0.00")))
    assert {rule: counts["found"] for rule, counts in summary["rules"].items() if counts["found"]} == {
        rule: len(lines) for rule, lines in found.items()
    }


def test_every_line_is_counted_once(examples_checked: CheckResult) -> None:
    """Lines, claims and what was not checked, from the objects; found + clear + not checked = lines for every rule."""
    summary, entries = examples_checked.summary, examples_checked.located_not_checked
    lines = examples_checked.batch.line.lines
    assert summary["lines"] == len(lines)
    assert summary["claims"] == len(set(lines.table["claim_id"].to_pylist()))
    assert summary["lines_not_checked"] == len({line for line, _ in entries})
    held = Counter(rule for _, entry in entries for rule in entry.rules)
    for rule, counts in summary["rules"].items():
        assert sum(counts.values()) == len(lines)
        assert counts["not_checked"] == held[rule]
