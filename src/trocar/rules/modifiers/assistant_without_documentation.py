"""An assistant at surgery is billed for a code that pays one only on documentation.

## Problem
The line says by 80, 81, 82 or AS that it is for an assistant at surgery. The assistant indicator of the code is 0:
nothing is paid unless the record shows why an assistant was needed.

## Fix
Send the operative note that shows the need with the claim, or take the line off. For imaging guidance a need is hard
to show.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule

ASSISTANT = ("80", "81", "82", "AS")


def fires(batch: Batch) -> Bools:
    """An assistant modifier with assistant indicator 0."""
    return batch.line.lines.has(*ASSISTANT) & batch.line.indicator_is("assistant", "0")


RULES = (
    Rule(
        id="MD005",
        name="assistant-without-documentation",
        subject="line",
        needs=("schedule",),
        authority=("assistant-at-surgery",),
        severity=Severity.REVIEW,
        carc="252",
        message="an assistant for {hcpcs} is paid only on documentation: assistant indicator 0",
        remedy="Attach the note that shows why an assistant was needed, or remove line {line}.",
        fires=fires,
        cites=schedule_row,
    ),
)
