"""One line carries 59 together with XE, XS, XP or XU.

## Problem
The X modifiers are used in lieu of 59: each says more exactly why the service was separate. Both on one line say the
same thing twice, in two ways that exclude each other, and a payer may return the line.

## Fix
Keep the one that fits the record: XE for another encounter, XS for another organ or structure, XP for another
practitioner, XU for a service that does not overlap; 59 only when none of them is exact.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """59 beside an X modifier."""
    return batch.line.lines.has("59") & batch.line.lines.has("XE", "XS", "XP", "XU")


RULES = (
    Rule(
        id="NC004",
        name="conflicting-distinct-service-modifiers",
        subject="line",
        needs=(),
        authority=("ptp-modifier-misuse", "ptp-modifiers"),
        severity=Severity.REVIEW,
        carc="4",
        message="{hcpcs} carries modifiers {modifiers}: 59 and an X modifier exclude each other",
        remedy="Keep on line {line} the one that the record supports, the X modifier where it is exact.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
        # XE, XS, XP and XU are in effect from this day (policy manual, ch. I, sec. E, 1, e).
        first=date(2015, 1, 1),
    ),
)
