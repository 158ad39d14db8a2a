"""The place of service is a number that stands for no place.

## Problem
Medicare assigns no place of service of this number, so that the line can be neither priced nor paid.

## Fix
Correct the place of service: 11 office, 22 hospital outpatient on campus, 19 off campus, 21 inpatient, 23 emergency
room, 24 surgery centre.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A place of service that is given and not assigned."""
    return batch.line.place_of_service_given & ~batch.line.place_of_service_assigned


RULES = (
    Rule(
        id="PS003",
        name="place-of-service-unassigned",
        subject="line",
        needs=(),
        authority=("place-of-service",),
        severity=Severity.DENY,
        carc="58",
        message="place of service {place_of_service} is not assigned by Medicare",
        remedy="Correct the place of service on line {line}.",
        fires=fires,
    ),
)
