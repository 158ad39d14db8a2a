"""Bilateral surgery on two lines.

## Problem
Practitioners and hospitals report bilateral surgery on one line with 50 and one unit; the unit limits of many codes
rest on that, and two lines can pass them. Surgery centres and diagnostic studies may use two lines.

## Fix
Put both sides into one line with 50 and one unit; RT and LT go off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A left line of surgery with bilateral indicator 1 and a right one of the same code."""
    surgery = batch.line.lines.hcpcs.map(lambda code: code.isdigit() and code < "70000", bool)
    return surgery & batch.same_day.other_side_apart & batch.line.indicator_is("bilateral", "1")


RULES = (
    Rule(
        id="UN006",
        name="bilateral-on-two-lines",
        subject="line",
        needs=("schedule",),
        authority=("mue-bilateral",),
        severity=Severity.REVIEW,
        carc="151",
        message="{hcpcs} on the left here and on the right on another line: bilateral surgery is one line with 50",
        remedy="Put both sides into one line with 50.",
        fires=fires,
        cites=schedule_row,
        settings=("practitioner", "hospital"),
        at_risk=False,
    ),
)
