"""The code is never paid apart.

## Problem
Status B: payment for the code is always inside the payment for other services of the day, whether they are on this
claim or not. Nothing lifts it, and the patient may not be billed.

## Fix
Take the line off. If supplies or time were truly a service of their own, look for the code that says so.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Status B."""
    return batch.line.indicator_is("status", "B")


RULES = (
    Rule(
        id="CD002",
        name="status-bundled",
        subject="line",
        needs=("schedule",),
        authority=("status-codes",),
        severity=Severity.DENY,
        carc="97",
        message="{hcpcs} has status B: its payment is always inside other services",
        remedy="Remove line {line}.",
        fires=fires,
        cites=schedule_row,
    ),
)
