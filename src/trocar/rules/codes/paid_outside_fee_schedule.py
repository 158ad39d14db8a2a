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

from typing import Any

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule

# Attachment A of RVU25D.pdf, in own words.
MEANING = {
    "E": "excluded from the physician fee schedule by regulation; where it is covered, another system pays it",
    "M": "a measurement code, reported without payment",
    "X": "no physician service by law; another schedule pays it if it is covered",
}


def fires(batch: Batch) -> Bools:
    """Status E, M or X."""
    return batch.line.indicator_is("status", "".join(MEANING))


def evidence(batch: Batch, line: int) -> dict[str, Any]:
    """The status and what it means."""
    status = chr(int(batch.line.indicator("status")[line]))
    return {"status": status, "meaning": MEANING[status]}


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
        evidence=evidence,
        cites=schedule_row,
        at_risk=False,
    ),
)
