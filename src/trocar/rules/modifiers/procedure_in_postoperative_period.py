"""A procedure in the global period of an earlier operation.

## Problem
The same practitioner operated on the patient within the last 10 or 90 days, and nothing says how this procedure
stands to that operation. A complication treated outside the operating room is in the package.

## Fix
Add 58 (staged, larger, or treatment after a diagnostic operation), 78 (return to the operating room) or 79
(unrelated), as the record shows; otherwise take the line off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import operation_before
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A procedure of 0, 10 or 90 days without 58, 78 or 79, covered by an earlier operation."""
    procedure = batch.line.global_days_are(b"000", b"010", b"090")
    return procedure & batch.history.after_operation & ~batch.line.lines.has("58", "78", "79")


RULES = (
    Rule(
        id="MD029",
        name="procedure-in-postoperative-period",
        subject="line",
        needs=("schedule",),
        authority=("operation-after-operation", "return-to-theatre"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} within the global period of {operation} on {operated}, without 58, 78 or 79",
        remedy="Say with 58, 78 or 79 how line {line} stands to {operation}.",
        fires=fires,
        evidence=operation_before,
    ),
)
