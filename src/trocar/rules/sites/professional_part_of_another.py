"""Both parts from one practitioner, the professional part from another.

## Problem
Two practitioners bill the same study of the same patient and day: one both parts, the other the professional part.
The reading would be paid twice.

## Fix
Who read the study bills 26, who owns the equipment TC. A second study says so with 76, 77 or 59.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Both parts, and the professional part of another practitioner."""
    return batch.patient_day.professional_part_of_another


RULES = (
    Rule(
        id="PS010",
        name="professional-part-of-another",
        subject="line",
        needs=("schedule",),
        authority=("pctc", "procedure-and-supervision"),
        severity=Severity.REVIEW,
        carc="97",
        message="another practitioner bills the professional part of {hcpcs} of the same patient and day",
        remedy="Put TC on line {line}, or have the other line taken off.",
        fires=fires,
        cites=schedule_row,
    ),
)
