"""XP between two lines of one practitioner.

## Problem
XP says that another practitioner furnished the service. Both lines of the edit name the same one.

## Fix
Correct the number of the practitioner, or the modifier: XS for another structure, XE for another encounter.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import edit_row
from trocar.rules.evidence import column_1
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """An edit, XP on one of the lines, and one number on both."""
    pair, lines = batch.pair, batch.line.lines
    separate = lines.has("XP")
    same = batch.line.practitioner[pair.column_1] == batch.line.practitioner[pair.column_2]
    known = batch.line.practitioner[pair.column_1] > 0
    return (pair.edit_row >= 0) & (separate[pair.column_1] | separate[pair.column_2]) & same & known


RULES = (
    Rule(
        id="NC027",
        name="separate-practitioner-by-the-same",
        subject="pair",
        needs=("ncci_ptp",),
        authority=("x-modifiers-begin", "ptp-modifier-misuse"),
        severity=Severity.REVIEW,
        carc="4",
        message="XP against {column_1} on line {column_1_line}, and both lines name the same practitioner",
        remedy="Correct the practitioner or XP on line {line}.",
        fires=fires,
        evidence=column_1,
        cites=edit_row,
        settings=("practitioner", "hospital"),
    ),
)
