"""Modifier 25 on a visit beside a major operation.

## Problem
25 is for visits beside minor procedures and those without global period. Beside an operation with 90 days alone the
visit is paid only if it decided the operation, and 57 says so.

## Fix
Put 57 in place of 25 if the visit decided the operation; otherwise take the visit off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """25 without 57 or 24; only operations of 90 days beside it."""
    visit = batch.visit
    said = batch.line.lines.has("25") & ~batch.line.lines.has("24", "57")
    others = visit.beside(visit.minor) | visit.beside(visit.without_period)
    return said & visit.beside(visit.major) & ~others


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first major operation beside the visit."""
    return neighbours_of(batch, batch.visit.major, lines)


RULES = (
    Rule(
        id="MD020",
        name="minor-modifier-for-major-operation",
        subject="line",
        needs=("schedule",),
        authority=("visit-major-procedure", "visit-modifier-use"),
        severity=Severity.REVIEW,
        carc="4",
        message="25 beside {beside} (line {beside_line}, 90 global days): 57 says that a visit decided the operation",
        remedy="Look whether 57 is meant.",
        fires=fires,
        evidence=evidence,
        at_risk=False,
    ),
)
