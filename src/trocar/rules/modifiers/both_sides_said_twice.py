"""Both sides on one line in more than one way.

## Problem
Bilateral work is one line with 50 and one unit, or for diagnostic work two lines with RT and LT. A line with 50 and
a side, or with RT and LT together, can be read as one side or two.

## Fix
For bilateral work leave 50 alone. For one side leave RT or LT alone.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """50 with a side, or both sides."""
    lines = batch.line.lines
    right, left = lines.has("RT"), lines.has("LT")
    return (right & left) | (lines.has("50") & (right | left))


RULES = (
    Rule(
        id="MD027",
        name="both-sides-said-twice",
        subject="line",
        needs=(),
        authority=("mue-bilateral",),
        severity=Severity.REVIEW,
        carc="4",
        message="{modifiers} on one line: it can be read as one side or two",
        remedy="Leave 50, or one side, on line {line}.",
        fires=fires,
        settings=("practitioner", "hospital"),
        at_risk=False,
    ),
)
