"""A practitioner asks for the technical part that a facility bills.

## Problem
A claim of a hospital or surgery centre has the same code for the same patient and day, and the practitioner bills
both parts or the technical one. The room, the equipment and the staff would be paid twice.

## Fix
Bill 26, if the practitioner read the study; the technical part is the facility's.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Both parts or the technical one, and a facility line of the same code."""
    return batch.patient_day.technical_part_of_facility


RULES = (
    Rule(
        id="PS009",
        name="technical-part-of-facility",
        subject="line",
        needs=("schedule",),
        authority=("component-in-facility", "pctc"),
        severity=Severity.REVIEW,
        carc="97",
        message="a facility bills {hcpcs} of the same patient and day: the technical part would be paid twice",
        remedy="Add 26 to line {line}, or take it off.",
        fires=fires,
        cites=schedule_row,
    ),
)
