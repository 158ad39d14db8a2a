"""A side, and a finger, toe or eyelid of the other one.

## Problem
FA to F4, TA to T4, E1 and E2 are on the left, F5 to F9, T5 to T9, E3 and E4 on the right. The line carries one of
them and the opposite side.

## Fix
Look up the part in the report. The exact modifier alone is enough.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.diagnosis import LEFT_PARTS, RIGHT_PARTS
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """RT with a left part, or LT with a right one."""
    lines = batch.line.lines
    return (lines.has("RT") & lines.has(*LEFT_PARTS)) | (lines.has("LT") & lines.has(*RIGHT_PARTS))


RULES = (
    Rule(
        id="MD026",
        name="part-on-the-other-side",
        subject="line",
        needs=(),
        authority=("part-modifiers", "ptp-modifiers"),
        severity=Severity.REVIEW,
        carc="4",
        message="{modifiers}: the finger, toe or eyelid is on the other side",
        remedy="Correct the side or the part on line {line}.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
        at_risk=False,
    ),
)
