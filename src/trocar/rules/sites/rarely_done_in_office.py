"""A service that is rarely done outside a facility is billed from an office.

## Problem
The schedule marks the code NA for non-facility places: it is rarely or never done there, and the office amount only
repeats the facility amount. The line is priced, but a payer may ask where the service was done.

## Fix
Check the place of service. If the service was done in a facility, correct it; if it was done in the office, keep the
record at hand.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Non-facility NA at a place that is no facility."""
    line = batch.line
    in_office = line.place_of_service_assigned & ~line.is_facility
    return in_office & line.says("nonfacility_na")


RULES = (
    Rule(
        id="PS006",
        name="rarely-done-in-office",
        subject="line",
        needs=("schedule",),
        authority=("na-indicators", "place-of-service"),
        severity=Severity.INFO,
        carc="5",
        message="{hcpcs} is marked as rarely or never done at place of service {place_of_service}",
        remedy="Check the place of service on line {line}.",
        fires=fires,
        cites=schedule_row,
        at_risk=False,
    ),
)
