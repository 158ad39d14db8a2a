"""A test that needs a physician at hand, where one seldom is.

## Problem
The technical part of the test needs direct or personal supervision, and the place is a home, a shelter, assisted
living, a group home or custodial care. The record has to show the physician there.

## Fix
Look who supervised, and where. Correct the place, or bill 26 if the technical part was another's.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Evidence, Rule

# Homeless shelter, home, assisted living, group home, custodial care.
PLACES = frozenset({"04", "12", "13", "14", "33"})


def fires(batch: Batch) -> Bools:
    """The technical part, level 02 or 03, in a place without physicians."""
    line = batch.line
    level = line.supervision
    close = (level == b"02") | (level == b"03")
    technical = line.indicator_is("pctc", "1") & ((line.component == 0) | (line.component == 2))
    return close & technical & line.place_of_service_in(PLACES)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The level of supervision."""
    return {"level": [level.decode() for level in batch.line.supervision[lines].tolist()]}


RULES = (
    Rule(
        id="PS011",
        name="supervision-out-of-reach",
        subject="line",
        needs=("schedule",),
        authority=("supervision", "supervision-place"),
        severity=Severity.REVIEW,
        carc="58",
        message="supervision level {level} at place {place_of_service}: look who was there",
        remedy="Show who supervised line {line}, or correct the place.",
        fires=fires,
        evidence=evidence,
        cites=schedule_row,
    ),
)
