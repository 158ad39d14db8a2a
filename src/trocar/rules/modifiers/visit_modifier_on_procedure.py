"""A modifier of visits on a code of surgery or imaging.

## Problem
24, 25 and 57 tell something of a visit. On a code of surgery or radiology they say nothing, and a payer returns the
line.

## Fix
Put the modifier on the visit. What sets two procedures apart is 59 or an X modifier, a side, 58, 78 or 79.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """24, 25 or 57 on a code from 10004 to 79999."""
    return batch.line.lines.has("24", "25", "57") & batch.visit.is_procedure


RULES = (
    Rule(
        id="MD022",
        name="visit-modifier-on-procedure",
        subject="line",
        needs=(),
        authority=("visit-modifier-use",),
        severity=Severity.DENY,
        carc="4",
        message="{modifiers} on {hcpcs}: 24, 25 and 57 belong on a visit",
        remedy="Take 24, 25 or 57 off line {line}.",
        fires=fires,
        settings=("practitioner", "hospital"),
    ),
)
