"""Modifier 50 stands on a code for which two sides pay no more than one.

## Problem
The bilateral indicator of the code is 0 (one fee, whatever is reported), 2 (the fee is for both sides already) or 9
(sides do not apply). Modifier 50 adds no money, and it invites a review: guidance is counted by encounter, not by
side.

## Fix
Take 50 off the line. If two procedures were done, one on each side, 50 belongs to the procedure, if its own indicator
allows it, and not to the guidance.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """50 with bilateral indicator 0, 2 or 9."""
    return batch.line.lines.has("50") & batch.line.indicator_is("bilateral", "029")


RULES = (
    Rule(
        id="MD003",
        name="bilateral-modifier-without-effect",
        subject="line",
        needs=("schedule",),
        authority=("bilateral",),
        severity=Severity.REVIEW,
        carc="4",
        message="modifier 50 adds nothing to {hcpcs}: bilateral indicator {bilateral}",
        remedy="Take 50 off line {line}.",
        fires=fires,
        evidence=indicators("bilateral"),
        cites=schedule_row,
        at_risk=False,
    ),
)
