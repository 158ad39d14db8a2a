"""The main job: a claim table in; every line priced, checked, and what could not be checked said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.core.finding import Finding, NotChecked, Severity
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.ledger import Status
from trocar.pricing.price import Priced, price
from trocar.rules.evaluate import Outcome, evaluate
from trocar.rules.registry import all_rules
from trocar.rules.rule import Rule
from trocar.scrub.findings import Held, findings_of, held_back


@dataclass(frozen=True)
class ClaimAnswer:
    """All that was said of one claim: its priced lines, findings by money, and what was not checked."""

    claim_id: str
    priced: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]

    @property
    def to_fix(self) -> int:
        """Findings that a payer would deny or review."""
        return sum(finding.severity is not Severity.INFO for finding in self.findings)

    @property
    def verdict(self) -> str:
        """Ready, Fix n, or n not checked; a claim with anything not checked is never Ready."""
        unchecked = f"{len(self.not_checked)} not checked" if self.not_checked else ""
        if self.to_fix:
            return f"Fix {self.to_fix}" + (f", {unchecked}" if unchecked else "")
        return unchecked or "Ready"


@dataclass(frozen=True)
class CheckResult:
    """The answers of a batch, in the order of the input."""

    batch: Batch
    prices: Priced
    outcomes: tuple[Outcome, ...]

    @cached_property
    def _place(self) -> dict[int, int]:
        """Canonical index to input row."""
        return dict(enumerate(self.batch.line.lines.source.tolist()))

    @cached_property
    def located_findings(self) -> list[tuple[int, Finding]]:
        """Every finding with its line (canonical index), by input row, then rule."""
        found = findings_of(self.batch, self.prices, self.outcomes)
        return sorted(found, key=lambda pair: (self._place[pair[0]], pair[1].rule, pair[1].message))

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """What was not checked, by table and kind of reason."""
        return tuple(held_back(self.batch, self.prices, self.outcomes))

    @cached_property
    def located_not_checked(self) -> list[tuple[int, NotChecked]]:
        """Everything that was not checked with its line (canonical index), by input row, then table."""
        missing = [entry for held in self.held for entry in held.entries(self.batch)]
        return sorted(missing, key=lambda pair: (self._place[pair[0]], pair[1].needs, pair[1].not_checked))

    @property
    def findings(self) -> list[Finding]:
        """Every finding, by input row, then rule."""
        return [finding for _, finding in self.located_findings]

    @property
    def not_checked(self) -> list[NotChecked]:
        """Everything that was not checked, by input row, then table."""
        return [entry for _, entry in self.located_not_checked]

    @cached_property
    def priced(self) -> list[dict[str, Any]]:
        """The price of every line, in input order (the JSON shape of ``trocar price``)."""
        return explain_all(self.prices)

    def claims(self) -> Iterator[ClaimAnswer]:
        """Claim by claim, in the order in which the input first names them; findings by money."""
        groups: dict[str, tuple[list[Any], list[Finding], list[NotChecked]]] = {}
        for line in self.priced:
            groups.setdefault(line["claim_id"], ([], [], []))[0].append(line)
        for finding in self.findings:
            groups[finding.claim_id][1].append(finding)
        for entry in self.not_checked:
            groups[entry.claim_id][2].append(entry)
        for claim_id, (priced, findings, missing) in groups.items():
            findings.sort(key=lambda finding: (-(finding.amount_at_risk or Decimal(0)), finding.line, finding.rule))
            yield ClaimAnswer(claim_id, tuple(priced), tuple(findings), tuple(missing))

    @cached_property
    def amount_at_risk(self) -> Decimal:
        """The sum over lines of the largest amount any deny or review finding puts at risk."""
        worst: dict[int, Decimal] = {}
        for line, finding in self.located_findings:
            if finding.severity is not Severity.INFO and finding.amount_at_risk is not None:
                worst[line] = max(worst.get(line, Decimal(0)), finding.amount_at_risk)
        return sum(worst.values(), Decimal("0.00"))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts, money, and the releases that answered."""
        statuses = self.prices.ledger.status
        no_lines = np.empty(0, np.int64)
        count = {severity: sum(f.severity is severity for f in self.findings) for severity in Severity}
        return {
            "lines": len(self.batch.line),
            "claims": len(self.batch.claim),
            "price_status": {
                status.name.lower(): int(np.count_nonzero(statuses == status))
                for status in Status
                if np.any(statuses == status)
            },
            "findings": {severity.value: count[severity] for severity in Severity},
            "amount_at_risk": str(self.amount_at_risk),
            "lines_not_checked": len(np.unique(np.concatenate([no_lines, *(held.lines for held in self.held)]))),
            "rules": {outcome.rule.id: self._counts(outcome) for outcome in self.outcomes},
            "releases": self.releases,
        }

    def _counts(self, outcome: Outcome) -> dict[str, int]:
        """found + clear + not checked = lines, for every rule: nothing is counted twice or lost."""
        length = len(self.batch.line)
        found = int(np.count_nonzero(outcome.found(length)))
        missing = int(np.count_nonzero(outcome.not_checked(length)))
        return {"found": found, "clear": length - found - missing, "not_checked": missing}

    @cached_property
    def releases(self) -> dict[str, list[str]]:
        """The releases in force on the days of the batch, by table."""
        days = np.unique(self.batch.line.lines.day)
        answer = {}
        for table, calendar in self.batch.line.pack.calendars.items():
            ordinals = np.unique(calendar.on(days))
            names = [calendar.releases[ordinal].release for ordinal in ordinals.tolist() if ordinal >= 0]
            if names:
                answer[table] = names
        return answer


def check(table: pa.Table, pack: Pack, rules: Sequence[Rule] | None = None) -> CheckResult:
    """Price and check a claim table (``CLAIM_SCHEMA``) against a pack with all rules, or the given ones."""
    batch = Batch(table, pack)
    prices = price(batch.line)
    return CheckResult(batch, prices, tuple(evaluate(batch, rules if rules is not None else all_rules())))
