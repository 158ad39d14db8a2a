"""Modifier 50 with more than one unit.

## Problem
Bilateral surgery is one unit with 50. Two units with 50 can be read as four sides; work on both sides at several
sites is one unit for each site.

## Fix
Bill one unit with 50. For several sites show each in the report.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """50 and more than one unit of a code with bilateral indicator 1 or 3."""
    lines = batch.line.lines
    return lines.has("50") & (lines.units > 1) & batch.line.indicator_is("bilateral", "13")


RULES = (
    Rule(
        id="UN005",
        name="bilateral-in-several-units",
        subject="line",
        needs=("schedule",),
        authority=("mue-bilateral",),
        severity=Severity.REVIEW,
        carc="151",
        message="{units} units with 50: bilateral work is one unit (bilateral indicator {bilateral})",
        remedy="Bill one unit with 50 on line {line}, or show the sites.",
        fires=fires,
        evidence=indicators("bilateral"),
        cites=schedule_row,
        settings=("practitioner", "hospital"),
    ),
)
