"""Care before an operation is billed apart.

## Problem
Modifier 56 says that the line is the care before the operation alone. Medicare pays no such share apart: the surgical
share that 54 asks for holds it.

## Fix
Take the line off. A visit before the day of the operation that is not part of the package is billed as a visit.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """56 on a code with a global period of 10 or 90 days; on any other code no share applies at all."""
    return batch.line.lines.has("56") & batch.line.global_days_are(b"010", b"090")


RULES = (
    Rule(
        id="MD016",
        name="preoperative-care-apart",
        subject="line",
        needs=("schedule",),
        authority=("split-care", "global-days"),
        severity=Severity.DENY,
        carc="97",
        message="care before {hcpcs} is not paid apart: 54 holds it",
        remedy="Remove line {line}, or bill a visit that is not part of the package.",
        fires=fires,
        cites=schedule_row,
    ),
)
