"""The code is not what the physician fee schedule pays.

## Problem
Status E, X or M: drugs, laboratory tests, ambulance and the like are paid by other schedules or excluded, and codes
that only measure quality pay nothing. The fee schedule has no amount for them, which does not say that nothing is
paid.

## Fix
Nothing to correct here. Look the amount up in the schedule that applies (drugs, laboratory, ambulance); codes that
measure quality stay on the claim without a charge, or with a cent.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.evidence import status
from trocar.rules.rule import Rule

# What other systems pay or count.
STATUSES = "EMX"


def fires(batch: Batch) -> Bools:
    """Status E, M or X."""
    return batch.line.indicator_is("status", STATUSES)


RULES = (
    Rule(
        id="CD008",
        name="paid-outside-fee-schedule",
        subject="line",
        needs=("schedule",),
        authority=("status-codes",),
        severity=Severity.INFO,
        carc="96",
        message="{hcpcs} has status {status}: {meaning}",
        remedy="Look {hcpcs} up in the schedule that applies to it; this one has no amount for line {line}.",
        fires=fires,
        evidence=status,
        cites=schedule_row,
        at_risk=False,
    ),
)
