"""A visit on the day of a major operation without the modifier of the decision.

## Problem
With 90 global days every visit before the operation on that day is in its package, except the one that decided it,
which 57 says.

## Fix
Add 57 if the decision was made at this visit; otherwise take the visit off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """No 24, 25 or 57 beside an operation of 90 days, and no edit that speaks of the visit."""
    visit = batch.visit
    return visit.beside_without_edit(visit.major) & ~batch.line.lines.has("24", "25", "57")


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first major operation beside the visit."""
    return neighbours_of(batch, batch.visit.major, lines)


RULES = (
    Rule(
        id="MD018",
        name="visit-beside-major-operation",
        subject="line",
        needs=("schedule",),
        authority=("visit-major-procedure",),
        severity=Severity.DENY,
        carc="97",
        message="a visit beside {beside} (line {beside_line}, 90 global days) without 57: the operation includes it",
        remedy="Take line {line} off, or add 57 if this visit decided the operation.",
        fires=fires,
        evidence=evidence,
    ),
)
