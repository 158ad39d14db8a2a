"""A component modifier stands on a code that has no such component.

## Problem
The line carries 26 or TC, but the fee schedule has no row of that component for the code: its work is not split into
a professional and a technical part (most often PC/TC indicator 0), or the code is itself only one of the two parts.

## Fix
Take 26 or TC off the line if the code says what the practitioner did: a reading with 26, a tracing with TC. If only a
part of it was done, look for the code of that part.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A component modifier whose row the schedule does not have."""
    line = batch.line
    no_professional = line.lines.has("26") & (line.professional_row < 0)
    no_technical = line.lines.has("TC") & (line.technical_row < 0)
    return line.code_known & (no_professional | no_technical)


RULES = (
    Rule(
        id="MD001",
        name="component-modifier-not-applicable",
        subject="line",
        needs=("schedule",),
        authority=("pctc",),
        severity=Severity.DENY,
        carc="4",
        message="{hcpcs} has PC/TC indicator {pctc} and no row for the component modifier on the line ({modifiers})",
        remedy=(
            "Take 26 or TC off line {line} if this practitioner did all that {hcpcs} says; else remove the line: a "
            "part of it has a code of its own, or none."
        ),
        fires=fires,
        evidence=indicators("pctc"),
        cites=schedule_row,
    ),
)
