"""The code is not in the fee schedule on the date of service.

## Problem
The release of the day does not list the code: it has been deleted, it begins later, or it is mistyped. Codes change
every 1 January, and some in between; there is no grace period.

## Fix
Bill the code that was in force on the date of service for what was done.
"""

from __future__ import annotations

from typing import Any

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A code without a row in the release of the day."""
    return ~batch.line.code_known & (batch.line.row < 0)


def evidence(batch: Batch, line: int) -> dict[str, Any]:
    """What the own table says of the code's successor, if anything."""
    if batch.better_said.hint[line] < 0:
        return {"instead": ""}
    hint = batch.better_said.of_line(line)
    return {"instead": f" {hint.words.strip()}", "suggest": list(hint.suggest)}


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
