"""Two surgeons are billed for a code that does not permit them.

## Problem
The line says by 62 that two surgeons shared one operation. The co-surgeon indicator of the code is 0 (not permitted)
or 9 (the concept does not apply).

## Fix
One of the two bills the code without 62. The other bills only what the record shows as a service of its own.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """62 with co-surgeon indicator 0 or 9."""
    return batch.line.lines.has("62") & batch.line.indicator_is("co_surgeon", "09")


RULES = (
    Rule(
        id="MD006",
        name="co-surgeon-not-permitted",
        subject="line",
        needs=("schedule",),
        authority=("co-surgeons",),
        severity=Severity.DENY,
        carc="54",
        message="co-surgeons are not permitted for {hcpcs}: co-surgeon indicator {co_surgeon}",
        remedy="Take 62 off line {line} if this is the surgeon who bills the procedure, else remove the line.",
        fires=fires,
        evidence=indicators("co_surgeon"),
        cites=schedule_row,
    ),
)
