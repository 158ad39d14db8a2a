"""A visit in the global period of an earlier operation.

## Problem
The same practitioner operated on the patient within the last 10 or 90 days. Visits for recovery and for
complications that need no return to the operating room are in the package of that operation.

## Fix
If the visit had nothing to do with the operation add 24, and show the other diagnosis; if it decided another
operation add 57. Otherwise take it off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import operation_before
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A visit without 24, 57 or FT, covered by an earlier operation."""
    said = batch.line.lines.has("24", "57", "FT")
    return batch.visit.is_visit & batch.history.after_operation & ~said


RULES = (
    Rule(
        id="MD028",
        name="visit-in-postoperative-period",
        subject="line",
        needs=("schedule",),
        authority=("global-period-visits", "postoperative-visit"),
        severity=Severity.REVIEW,
        carc="97",
        message="a visit within the global period of {operation} on {operated}, without 24",
        remedy="Add 24 if the visit was unrelated to {operation}; otherwise take line {line} off.",
        fires=fires,
        evidence=operation_before,
    ),
)
