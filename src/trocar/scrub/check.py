"""The main job: a claim table in; every line priced, checked, and what could not be checked said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa

from trocar.core.finding import Finding, NotChecked, Severity
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.price import Priced, price
from trocar.rules.evaluate import Outcome, evaluate
from trocar.rules.registry import all_rules
from trocar.rules.rule import Rule
from trocar.scrub.findings import Found, finding_objects, findings_of
from trocar.scrub.not_checked import Unchecked, not_checked_objects, unchecked_of
from trocar.scrub.summary import summaries


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
    def found(self) -> Found:
        """Every finding, in columns, by input row, then rule."""
        return findings_of(self.batch, self.prices, self.outcomes)

    @cached_property
    def unchecked(self) -> Unchecked:
        """Everything that was not checked, in columns, by input row, then table."""
        return unchecked_of(self.batch, self.prices, self.outcomes)

    @cached_property
    def located_findings(self) -> list[tuple[int, Finding]]:
        """Every finding with its line (canonical index), by input row, then rule."""
        findings = finding_objects(self.batch, self.prices, self.found)
        return list(zip(self.found.lines.tolist(), findings, strict=True))

    @cached_property
    def located_not_checked(self) -> list[tuple[int, NotChecked]]:
        """Everything that was not checked with its line (canonical index), by input row, then table."""
        entries = not_checked_objects(self.batch, self.unchecked)
        return list(zip(self.unchecked.lines.tolist(), entries, strict=True))

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
    def summary(self) -> dict[str, Any]:
        """Counts, money, and the releases that answered (``trocar.scrub.summary``)."""
        return summaries(self, [len(self.batch.line)])[0]


def check(table: pa.Table, pack: Pack, rules: Sequence[Rule] | None = None) -> CheckResult:
    """Price and check a claim table (``CLAIM_SCHEMA``) against a pack with all rules, or the given ones."""
    return check_batch(Batch(table, pack), rules)


def check_batch(batch: Batch, rules: Sequence[Rule] | None = None) -> CheckResult:
    """Price and check a batch that is prepared."""
    prices = price(batch.line)
    return CheckResult(batch, prices, tuple(evaluate(batch, rules if rules is not None else all_rules())))
