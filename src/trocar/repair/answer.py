"""The answer for one claim: its verdict, the steps, the options, what a person must decide, and the money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trocar.core.finding import Finding
from trocar.repair.change import LineKey
from trocar.repair.search import Mended, Offered, Taken


@dataclass(frozen=True, slots=True)
class Amounts:
    """Dollars before and after: ``allowed`` by the schedule, ``payable`` of it when what is denied is not paid."""

    allowed: tuple[Decimal, Decimal]
    payable: tuple[Decimal, Decimal]

    def to_dict(self) -> dict[str, dict[str, str]]:
        """The JSON shape: money as text."""
        return {
            name: {"before": str(before), "after": str(after)}
            for name, (before, after) in (("allowed", self.allowed), ("payable", self.payable))
        }


@dataclass(frozen=True, slots=True)
class Undecided:
    """A finding of severity deny that no change may clear, and what a person must decide."""

    finding: Finding
    decide: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        finding = self.finding
        return {"line": finding.line, "rule": finding.rule, "message": finding.message, "decide": self.decide}


@dataclass(frozen=True, slots=True)
class ClaimRepair:
    """What was done about one claim. ``not_checked`` counts what the recheck could not check."""

    claim_id: str
    steps: tuple[Taken, ...]
    options: tuple[Offered, ...]
    undecided: tuple[Undecided, ...]
    amounts: Amounts
    not_checked: int
    least: bool = True

    @property
    def verdict(self) -> str:
        """clear (nothing was denied), repaired, or open: something is left for a person to decide."""
        if self.undecided:
            return "open"
        return "repaired" if self.steps else "clear"

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of ``trocar fix``."""
        return {
            "claim_id": self.claim_id,
            "verdict": self.verdict,
            "steps": [step_shape(step) for step in self.steps],
            "options": [option_shape(option) for option in self.options],
            "undecided": [entry.to_dict() for entry in self.undecided],
            **self.amounts.to_dict(),
            "not_checked": self.not_checked,
            "least": self.least,
        }


def claim_of(step: Taken) -> str:
    """The claim that a step changes."""
    return step.change.edits[0].line[0]


def amounts_of(claim_id: str, step: Taken | Offered | Mended) -> Amounts:
    """A claim's money before and after."""
    before, after = (step.came, step.now) if isinstance(step, Mended) else (step.before, step.after)
    return Amounts(
        (before.allowed(claim_id), after.allowed(claim_id)), (before.payable(claim_id), after.payable(claim_id))
    )


def step_shape(step: Taken) -> dict[str, Any]:
    """A step: edits, the findings it clears, why, authority, evidence, and the money both ways."""
    change = step.change
    return {
        "change": change.kind,
        "edits": change.told(step.before.lines),
        "clears": [{"line": line, "rule": rule} for _, line, rule, _ in step.clears],
        "why": change.why,
        "authority": list(change.authority),
        "evidence": list(change.evidence),
        **amounts_of(claim_of(step), step).to_dict(),
    }


def option_shape(offered: Offered) -> dict[str, Any]:
    """An option: the finding it is about, the fact a person must confirm, its edits, and the money both ways."""
    change = offered.option.change
    claim_id, line, rule, _ = offered.about
    return {
        "line": line,
        "rule": rule,
        "fact": offered.option.fact,
        "change": change.kind,
        "edits": change.told(offered.before.lines),
        "why": change.why,
        "authority": list(change.authority),
        "evidence": list(change.evidence),
        **amounts_of(claim_id, offered).to_dict(),
    }


def reasons(claims: Iterable[ClaimRepair]) -> dict[LineKey, list[str]]:
    """For each line that was changed, or is still denied, the reasons in words."""
    answer: dict[LineKey, list[str]] = {}
    for claim in claims:
        for step in claim.steps:
            rules = ", ".join(sorted({rule for _, _, rule, _ in step.clears}))
            for key in dict.fromkeys(edit.line for edit in step.change.edits):
                answer.setdefault(key, []).append(f"{step.change.kind} ({rules}): {step.change.why}")
        for entry in claim.undecided:
            key = (claim.claim_id, entry.finding.line)
            answer.setdefault(key, []).append(f"to decide ({entry.finding.rule}): {entry.decide}")
    return answer
