"""Surgical care is split on a code that has no global period to split.

## Problem
Modifiers 54, 55 and 56 share a surgical package between those who give the care before, during and after the
operation. Only codes with a global period of 10 or 90 days have such shares; the schedule gives none for this code.

## Fix
Who did the procedure bills the whole code without the modifier. Who gave the care before or after it alone takes the
line off and bills the visits as visits.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """54, 55 or 56 without a global period of 10 or 90 days."""
    split = batch.line.lines.has("54", "55", "56") & batch.line.code_known
    return split & ~batch.line.global_days_are(b"010", b"090")


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The global period of the code."""
    return {"global_days": batch.line.global_days[lines].astype(str)}


RULES = (
    Rule(
        id="MD012",
        name="split-care-modifier-not-applicable",
        subject="line",
        needs=("schedule",),
        authority=("split-care", "global-days"),
        severity=Severity.DENY,
        carc="4",
        message="{hcpcs} has global period {global_days}: there are no shares of care to split ({modifiers})",
        remedy=(
            "Take 54 off line {line}; 55 or 56 only if this practitioner did {hcpcs}: care before or after it alone is "
            "billed as visits."
        ),
        fires=fires,
        evidence=evidence,
        cites=schedule_row,
    ),
)
