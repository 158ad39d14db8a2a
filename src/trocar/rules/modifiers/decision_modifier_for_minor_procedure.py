"""Modifier 57 on a visit beside minor procedures alone.

## Problem
The decision for a procedure with 0 or 10 global days is in its package; 57 is for operations with 90 days. Beside
minor procedures it says something that is not paid.

## Fix
If the visit was significant and separate, put 25 in place of 57. If an operation with 90 days follows on the next
day, leave 57.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """57, a minor procedure, no operation of 90 days."""
    visit = batch.visit
    return batch.line.lines.has("57") & visit.beside(visit.minor) & ~visit.beside(visit.major)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first minor procedure beside the visit."""
    return neighbours_of(batch, batch.visit.minor, lines)


RULES = (
    Rule(
        id="MD019",
        name="decision-modifier-for-minor-procedure",
        subject="line",
        needs=("schedule",),
        authority=("visit-minor-procedure", "visit-major-procedure"),
        severity=Severity.REVIEW,
        carc="4",
        message="57 beside {beside} (line {beside_line}): the decision for a minor procedure is in its package",
        remedy="Look whether 25 is meant, or an operation of the next day.",
        fires=fires,
        evidence=evidence,
        at_risk=False,
    ),
)
