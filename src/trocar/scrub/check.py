"""The main job: a claim table in; every line priced, checked, and what could not be checked said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trocar.core.finding import Finding, NotChecked, Severity
from trocar.core.once import once
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
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions, Use


@dataclass(frozen=True)
class ClaimAnswer:
    """All that was said of one claim: its priced lines, findings by money, what was not checked or is silenced."""

    claim_id: str
    priced: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    silenced: int = 0

    @property
    def to_fix(self) -> int:
        """Findings that a payer would deny or review."""
        return sum(finding.severity is not Severity.INFO for finding in self.findings)

    @property
    def verdict(self) -> str:
        """Ready, or what stands against it: Fix n, n not checked, n suppressed."""
        against = [
            f"Fix {self.to_fix}" if self.to_fix else "",
            f"{len(self.not_checked)} not checked" if self.not_checked else "",
            f"{self.silenced} suppressed" if self.silenced else "",
        ]
        return ", ".join(filter(None, against)) or "Ready"


@dataclass(frozen=True)
class CheckResult:
    """The answers of a batch, in the order of the input; ``suppressed`` is what each suppression took from them."""

    batch: Batch
    prices: Priced
    outcomes: tuple[Outcome, ...]
    suppressed: tuple[Use, ...] = ()

    @once
    def found(self) -> Found:
        """Every finding, in columns, by input row, then rule."""
        return findings_of(self.batch, self.prices, self.outcomes)

    @once
    def unchecked(self) -> Unchecked:
        """Everything that was not checked, in columns, by input row, then table."""
        return unchecked_of(self.batch, self.prices, self.outcomes)

    @once
    def located_findings(self) -> list[tuple[int, Finding]]:
        """Every finding with its line (canonical index), by input row, then rule."""
        findings = finding_objects(self.batch, self.prices, self.found)
        return list(zip(self.found.lines.tolist(), findings, strict=True))

    @once
    def located_not_checked(self) -> list[tuple[int, NotChecked]]:
        """Everything that was not checked with its line (canonical index), by input row, then table."""
        entries = not_checked_objects(self.batch, self.unchecked)
        return list(zip(self.unchecked.lines.tolist(), entries, strict=True))

    @property
    def findings(self) -> list[Finding]:
        """Every finding, by input row, then rule."""
        return [finding for _, finding in self.located_findings]

    @property
    def deny(self) -> list[Finding]:
        """The findings of severity deny, by input row, then rule."""
        return [finding for finding in self.findings if finding.severity is Severity.DENY]

    @property
    def not_checked(self) -> list[NotChecked]:
        """Everything that was not checked, by input row, then table."""
        return [entry for _, entry in self.located_not_checked]

    @once
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
        silenced = Counter(self.batch.line.lines.claim_texts[line] for line in self._silenced)
        for claim_id, (priced, findings, missing) in groups.items():
            findings.sort(key=lambda finding: (-(finding.amount_at_risk or Decimal(0)), finding.line, finding.rule))
            yield ClaimAnswer(claim_id, tuple(priced), tuple(findings), tuple(missing), silenced[claim_id])

    @property
    def _silenced(self) -> list[int]:
        """The line of each silenced finding."""
        return [line for use in self.suppressed if use.entry.to is None for line in use.taken.tolist()]

    @once
    def summary(self) -> dict[str, Any]:
        """Counts, money, and the releases that answered (``trocar.scrub.summary``)."""
        return summaries(self, [len(self.batch.line)])[0]


def check(
    table: pa.Table,
    pack: Pack,
    rules: Sequence[Rule] | None = None,
    suppressions: Suppressions = NO_SUPPRESSIONS,
) -> CheckResult:
    """Price and check a claim table (``CLAIM_SCHEMA``) against a pack with all rules, or the given ones.

    Suppressions are applied when every rule has spoken, and counted.
    """
    return check_batch(Batch(table, pack), rules, suppressions)


def check_batch(
    batch: Batch, rules: Sequence[Rule] | None = None, suppressions: Suppressions = NO_SUPPRESSIONS
) -> CheckResult:
    """Price and check a batch that is prepared."""
    prices = price(batch.line)
    outcomes = evaluate(batch, rules if rules is not None else all_rules())
    return CheckResult(batch, prices, *suppressions.applied(batch.line.lines, outcomes))
