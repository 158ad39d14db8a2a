"""A visit beside a minor procedure without the modifier that sets it apart.

## Problem
With 0 or 10 global days the visit on the day of the procedure is in its package, the decision to do it included,
for new patients too. Nothing on the line says that the visit was significant and separate, and no edit of the day
speaks of the pair.

## Fix
Read the note: if history, examination and decisions went beyond the procedure, add 25 to the visit (24 for an
unrelated visit in another global period). If not, take the visit off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """No 24, 25 or 57, a minor procedure, no operation of 90 days, and no edit that speaks of the visit."""
    visit = batch.visit
    said = batch.line.lines.has("24", "25", "57")
    return visit.beside_without_edit(visit.minor) & ~said & ~visit.beside(visit.major)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first minor procedure beside the visit."""
    return neighbours_of(batch, batch.visit.minor, lines)


RULES = (
    Rule(
        id="MD017",
        name="visit-beside-minor-procedure",
        subject="line",
        needs=("schedule",),
        authority=("visit-minor-procedure", "interventional-radiology-visit"),
        severity=Severity.DENY,
        carc="97",
        message="a visit beside {beside} (line {beside_line}) without 25: the procedure includes it",
        remedy="Take line {line} off, or add 25 if the note shows a significant visit of its own.",
        fires=fires,
        evidence=evidence,
    ),
)
