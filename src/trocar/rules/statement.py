"""Rules that say what the policy manual says of codes that stand together on a claim-day."""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

# The edition of the manual that is held.
EDITION_BEGINS = date(2026, 1, 1)


def statement(
    rule_id: str,
    name: str,
    authority: tuple[str, ...],
    *,
    severity: Severity = Severity.REVIEW,
    message: str = "{hcpcs} beside {beside} on line {beside_line}: {words}",
    remedy: str = "Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
) -> Rule:
    """The rule of the statements that bear its name in ``reference/params/stated_pairs.toml``."""
    return Rule(
        id=rule_id,
        name=name,
        subject="line",
        needs=(),
        authority=authority,
        severity=severity,
        carc="97",
        message=message,
        remedy=remedy,
        fires=lambda batch: batch.stated.of(name),
        evidence=stated(name),
        first=EDITION_BEGINS,
    )
