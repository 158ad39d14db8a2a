"""An assistant at surgery is billed for a code that never pays one.

## Problem
The line says by 80, 81, 82 or AS that it is for an assistant at surgery. The assistant indicator of the code is 1 (an
assistant may not be paid) or 9 (the concept does not apply, as to imaging).

## Fix
Take the line off the claim. If the person did a service of their own, such as the reading, bill that without the
assistant modifier.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule

ASSISTANT = ("80", "81", "82", "AS")


def fires(batch: Batch) -> Bools:
    """An assistant modifier with assistant indicator 1 or 9."""
    return batch.line.lines.has(*ASSISTANT) & batch.line.indicator_is("assistant", "19")


RULES = (
    Rule(
        id="MD004",
        name="assistant-not-payable",
        subject="line",
        needs=("schedule",),
        authority=("assistant-at-surgery",),
        severity=Severity.DENY,
        carc="54",
        message="no assistant is paid for {hcpcs}: assistant indicator {assistant}",
        remedy="Remove line {line}; if it is a service of its own, bill it without the assistant modifier.",
        fires=fires,
        evidence=indicators("assistant"),
        cites=schedule_row,
    ),
)
