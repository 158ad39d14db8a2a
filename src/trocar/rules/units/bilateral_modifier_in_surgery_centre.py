"""Modifier 50 on the claim of a surgery centre.

## Problem
Surgery centres report bilateral surgery on two lines, RT and LT, one unit each. 50 is how practitioners and
hospitals say it.

## Fix
Bill two lines of one unit each, one with RT and one with LT, and no 50.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """50 on a surgery centre line."""
    return batch.line.lines.has("50") & batch.line.lines.is_asc


RULES = (
    Rule(
        id="UN007",
        name="bilateral-modifier-in-surgery-centre",
        subject="line",
        needs=(),
        authority=("mue-asc-bilateral",),
        severity=Severity.REVIEW,
        carc="4",
        message="50 on the claim of a surgery centre: bilateral surgery is two lines, RT and LT",
        remedy="Split line {line} into RT and LT.",
        fires=fires,
        settings=("asc",),
        at_risk=False,
    ),
)
