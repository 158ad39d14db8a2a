"""A technical component is billed by a practitioner for a patient of a facility.

## Problem
The line bills the whole service, or its technical component, at a place of service where the facility provides the
room, the machine and the staff. The fee schedule marks both rows NA there: for such patients a practitioner is paid
the professional component alone. The facility column of the file repeats the office amount, which is no promise to
pay.

## Fix
Bill the code with 26 if the practitioner read the images and signed a report. The facility bills its own part: a line
with TC, or of a code without a row for 26, is taken off. If the service was done in an office, correct the place.
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
    """A global or TC row with facility NA, at a facility place."""
    line = batch.line
    not_here = line.is_facility & line.says("facility_na")
    technical = line.indicator_is("pctc", "1") & (line.component != 1)
    return not_here & technical & line.indicator_is("status", PAID_STATUSES)


RULES = (
    Rule(
        id="PS001",
        name="technical-component-in-facility",
        subject="line",
        needs=("schedule",),
        authority=("component-in-facility", "na-indicators", "place-of-service"),
        severity=Severity.DENY,
        carc="5",
        message="{hcpcs} is billed with its technical part; at place of service {place_of_service} only 26 is paid",
        remedy=(
            "Bill 26 on line {line} if this practitioner read the images and signed the report, and {hcpcs} has a row "
            "for 26; else remove the line: the facility bills the technical part."
        ),
        fires=fires,
        evidence=indicators("pctc", "status"),
        cites=schedule_row,
    ),
)
