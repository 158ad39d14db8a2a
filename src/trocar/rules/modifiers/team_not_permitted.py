"""A surgical team is billed for a code that does not permit one.

## Problem
The line says by 66 that a team of surgeons did the operation. The team indicator of the code is 0 (not permitted) or
9 (the concept does not apply).

## Fix
One surgeon bills the code without 66. The others bill only what the record shows as a service of their own.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """66 with team indicator 0 or 9."""
    return batch.line.lines.has("66") & batch.line.indicator_is("team", "09")


RULES = (
    Rule(
        id="MD008",
        name="team-not-permitted",
        subject="line",
        needs=("schedule",),
        authority=("team-surgery",),
        severity=Severity.DENY,
        carc="54",
        message="a surgical team is not permitted for {hcpcs}: team indicator {team}",
        remedy="Take 66 off line {line} if this is the surgeon who bills the procedure, else remove the line.",
        fires=fires,
        evidence=indicators("team"),
        cites=schedule_row,
    ),
)
