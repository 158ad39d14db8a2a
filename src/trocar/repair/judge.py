"""Variants of some claims judged in one batch: what a payer would deny of each, and what each would be paid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from trocar.claims.model import ClaimLine, claim_table
from trocar.core.finding import Finding, Severity
from trocar.core.money import dollars
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.repair.change import LineKey, Lines, key_of
from trocar.rules.registry import all_rules
from trocar.rules.rule import Rule
from trocar.scrub.suppression import Suppressions
from trocar.scrub.together import checked_together

# What tells the findings of one rule on one line apart.
_TELLING = ("column_1_line", "diagnoses")
FindingKey = tuple[str, int, str, str]


def finding_key(finding: Finding) -> FindingKey:
    """Claim, line, rule, and what tells its findings on the line apart: never the words, which counts change."""
    telling = " ".join(str(finding.evidence.get(name, "")) for name in _TELLING)
    return finding.claim_id, finding.line, finding.rule, telling


@dataclass(frozen=True)
class Judged:
    """Claim lines with their findings of severity deny, and the amounts the engine allows them (cents, -1: none)."""

    lines: Lines
    batch: Batch
    at: dict[LineKey, int]
    allowed_cents: dict[LineKey, int]
    deny: tuple[Finding, ...]

    @cached_property
    def by_key(self) -> dict[LineKey, ClaimLine]:
        """The lines by their address."""
        return {key_of(line): line for line in self.lines}

    @cached_property
    def open(self) -> frozenset[FindingKey]:
        """What is denied."""
        return frozenset(map(finding_key, self.deny))

    def line_of(self, finding: Finding) -> ClaimLine:
        """The line a finding stands on."""
        return self.by_key[finding.claim_id, finding.line]

    def same_day(self, line: ClaimLine) -> list[ClaimLine]:
        """The billed lines of a line's claim and day, itself among them, in order."""
        return [
            other
            for other in self.lines
            if (other.claim_id, other.service_date) == (line.claim_id, line.service_date) and not other.not_billed
        ]

    def allowed(self, claim_id: str | None = None) -> Decimal:
        """What the schedule allows the lines (of one claim) as they stand, denials aside."""
        return self._sum(claim_id, frozenset())

    def payable(self, claim_id: str | None = None) -> Decimal:
        """What is allowed when the lines with a finding of severity deny are denied."""
        return self._sum(claim_id, frozenset((finding.claim_id, finding.line) for finding in self.deny))

    def _sum(self, claim_id: str | None, without: frozenset[LineKey]) -> Decimal:
        return dollars(
            sum(
                cents
                for key, cents in self.allowed_cents.items()
                if cents > 0 and key not in without and claim_id in (None, key[0])
            )
        )


@dataclass(frozen=True)
class Judge:
    """Checks variants of claims with the rules of severity deny, less what is suppressed."""

    pack: Pack
    rules: Sequence[Rule]
    suppressions: Suppressions

    @classmethod
    def of(cls, pack: Pack, suppressions: Suppressions) -> Judge:
        """The judge with every rule of severity deny."""
        return cls(pack, [rule for rule in all_rules() if rule.severity is Severity.DENY], suppressions)

    def of_all(self, variants: Sequence[Lines]) -> list[Judged]:
        """Each variant judged as if it were alone."""
        tables = [claim_table(lines) for lines in variants]
        result, ends = checked_together(tables, self.pack, self.rules, self.suppressions)
        found: list[list[Finding]] = [[] for _ in variants]
        for at, finding in result.located_findings:
            if finding.severity is Severity.DENY:
                found[bisect_right(ends, at)].append(finding)
        lines, allowed = result.batch.line.lines, result.prices.allowed.tolist()
        answers = []
        for lines_of, start, end, deny in zip(variants, [0, *ends], ends, found, strict=False):
            where = {(lines.claim_texts[one], int(lines.line_number[one])): one for one in range(start, end)}
            cents = {key: allowed[one] for key, one in where.items()}
            answers.append(Judged(lines_of, result.batch, where, cents, tuple(deny)))
        return answers
