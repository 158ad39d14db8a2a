"""A service that the schedule marks NA in facilities is billed at one.

## Problem
The schedule says by NA that the service is not done by a practitioner at a facility: the facility itself provides it,
or it is incident to a visit in an office. There is no component to bill in its place.

## Fix
Take the line off, or correct the place of service if the patient was seen in an office.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule

PAID_STATUSES = "ARTC"


def fires(batch: Batch) -> Bools:
    """Facility NA at a facility place; components and incident-to services have rules of their own."""
    line = batch.line
    not_here = line.is_facility & line.says("facility_na")
    incident = line.indicator_is("pctc", "5") & line.is_hospital_place
    other = ~line.indicator_is("pctc", "1") & ~incident
    return not_here & other & line.indicator_is("status", PAID_STATUSES)


RULES = (
    Rule(
        id="PS002",
        name="service-not-paid-in-facility",
        subject="line",
        needs=("schedule",),
        authority=("na-indicators", "place-of-service"),
        severity=Severity.DENY,
        carc="5",
        message="{hcpcs} is marked NA in facilities and is billed at place of service {place_of_service}",
        remedy="Remove line {line}, or correct the place of service.",
        fires=fires,
        evidence=indicators("pctc", "status"),
        cites=schedule_row,
    ),
)
