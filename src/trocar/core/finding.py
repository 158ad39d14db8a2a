"""The answers of a check: a finding, or what was not checked and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from trocar.core.cite import Citation


class Severity(StrEnum):
    """How a payer would treat it: ``deny`` (will not pay), ``review`` (facts decide), ``info`` (no money)."""

    DENY = "deny"
    REVIEW = "review"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule fired on one claim line, with its proof."""

    claim_id: str
    line: int
    rule: str
    name: str
    severity: Severity
    message: str
    remedy: str
    carc: str
    amount_at_risk: Decimal | None
    evidence: dict[str, Any]
    citations: tuple[Citation, ...]
    assumed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The one JSON shape for findings."""
        shape: dict[str, Any] = {
            "claim_id": self.claim_id,
            "line": self.line,
            "rule": self.rule,
            "name": self.name,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.remedy,
            "carc": self.carc,
            "amount_at_risk": None if self.amount_at_risk is None else str(self.amount_at_risk),
            "evidence": self.evidence,
            "citations": [citation.to_dict() for citation in self.citations],
        }
        if self.assumed:
            shape["assumed"] = list(self.assumed)
        return shape


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Something that could not be checked on one claim line: why, what it needs, and which rules it held back."""

    claim_id: str
    line: int
    not_checked: str
    needs: str
    rules: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """The one JSON shape for what was not checked."""
        return {
            "claim_id": self.claim_id,
            "line": self.line,
            "not_checked": self.not_checked,
            "needs": self.needs,
            "rules": list(self.rules),
        }
