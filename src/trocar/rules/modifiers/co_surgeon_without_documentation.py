"""Two surgeons are billed for a code that pays them only on documentation.

## Problem
The line says by 62 that two surgeons shared one operation. The co-surgeon indicator of the code is 1: they are paid
only if the record shows why two were needed.

## Fix
Send both operative notes, which must show what each surgeon did and why two were needed, or take 62 off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """62 with co-surgeon indicator 1."""
    return batch.line.lines.has("62") & batch.line.indicator_is("co_surgeon", "1")


RULES = (
    Rule(
        id="MD007",
        name="co-surgeon-without-documentation",
        subject="line",
        needs=("schedule",),
        authority=("co-surgeons",),
        severity=Severity.REVIEW,
        carc="252",
        message="co-surgeons for {hcpcs} are paid only on documentation: co-surgeon indicator 1",
        remedy="Attach the notes that show why two surgeons were needed, or take 62 off line {line}.",
        fires=fires,
        cites=schedule_row,
    ),
)
