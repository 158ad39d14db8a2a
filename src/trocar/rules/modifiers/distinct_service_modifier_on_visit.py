"""A distinct service modifier on a visit.

## Problem
59 and the X modifiers are for procedures. A visit that was separate from a procedure is said with 25.

## Fix
If the note shows a significant visit of its own put 25 in place of 59 or the X modifier; otherwise take the
modifier off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.pair import DISTINCT_SERVICE
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """59 or X{EPSU} on evaluation and management."""
    return batch.line.lines.has_any(DISTINCT_SERVICE) & batch.visit.is_visit


RULES = (
    Rule(
        id="MD023",
        name="distinct-service-modifier-on-visit",
        subject="line",
        needs=(),
        authority=("visit-not-59",),
        severity=Severity.REVIEW,
        carc="4",
        message="{modifiers} on the visit {hcpcs}: a separate visit is said with 25",
        remedy="Replace 59 or the X modifier on line {line} by 25 if the visit was separate.",
        fires=fires,
        settings=("practitioner", "hospital"),
        at_risk=False,
    ),
)
