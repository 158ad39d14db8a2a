"""A visit beside a needle procedure without global period.

## Problem
Some needle procedures have no global period (XXX), fine needle aspiration among them. The talk, the consent and the
look at the site that come with them are theirs; a visit beyond that carries 25.

## Fix
If the note shows a significant visit of its own add 25; if not, take the visit off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """No 24, 25 or 57, a needle procedure of period XXX, none of 0, 10 or 90 days."""
    visit = batch.visit
    others = visit.beside(visit.minor) | visit.beside(visit.major)
    said = batch.line.lines.has("24", "25", "57")
    return visit.beside_without_edit(visit.without_period) & ~said & ~others


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first needle procedure beside the visit."""
    return neighbours_of(batch, batch.visit.without_period, lines)


RULES = (
    Rule(
        id="MD021",
        name="visit-beside-needle-procedure",
        subject="line",
        needs=("schedule",),
        authority=("visit-xxx-procedure", "interventional-radiology-visit"),
        severity=Severity.REVIEW,
        carc="97",
        message=(
            "a visit beside {beside} (line {beside_line}) without 25: look for history, examination and "
            "decisions of its own"
        ),
        remedy="Add 25 if the note shows a visit of its own; otherwise take line {line} off.",
        fires=fires,
        evidence=evidence,
    ),
)
