"""The code is not in the fee schedule on the date of service.

## Problem
The release of the day does not list the code: it has been deleted, it begins later, or it is mistyped. Codes change
every 1 January, and some in between; there is no grace period.

## Fix
Bill the code that was in force on the date of service for what was done.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A code without a row in the release of the day."""
    return ~batch.line.code_known & (batch.line.row < 0)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """What the own table says of the code's successor, if anything."""
    known = batch.line.law.use_instead
    hints = [known[at] if at >= 0 else None for at in batch.better_said.hint[lines].tolist()]
    return {
        "instead": [f" {hint.words.strip()}" if hint else "" for hint in hints],
        "suggest": [list(hint.suggest) if hint else None for hint in hints],
    }


RULES = (
    Rule(
        id="CD001",
        name="code-not-in-force",
        subject="line",
        needs=("schedule",),
        authority=("schedule-files",),
        severity=Severity.DENY,
        carc="181",
        message="{hcpcs} is not in the fee schedule in force on {service_date}",
        remedy="Bill a code in force on {service_date}.{instead}",
        fires=fires,
        evidence=evidence,
    ),
)
