"""The code is covered under conditions.

## Problem
Status R: Medicare covers the code only under special conditions, set nationally or by the contractor. The line is
priced as if they are met.

## Fix
Check the coverage decision for the code: the diagnosis, the frequency and who may order or give the service.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Status R."""
    return batch.line.indicator_is("status", "R")


RULES = (
    Rule(
        id="CD006",
        name="restricted-coverage",
        subject="line",
        needs=("schedule",),
        authority=("status-codes",),
        severity=Severity.INFO,
        carc="50",
        message="{hcpcs} has status R: covered under special conditions only",
        remedy="Check the coverage conditions of {hcpcs} before line {line} goes out.",
        fires=fires,
        cites=schedule_row,
        at_risk=False,
    ),
)
