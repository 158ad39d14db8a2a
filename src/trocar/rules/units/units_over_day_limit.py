"""A code has more units on a date than is plausible.

## Problem
The code has an MUE with adjudication indicator 3: all lines of the code on the date are added up, whatever their
modifiers. All lines of the code are denied when the limit is passed. More is possible but very unlikely; the
contractor may pay it on appeal with evidence. The patient may not be billed.

## Fix
Correct the units: needle guidance counts once for an encounter, whatever the number of needles or lesions. If more
were truly given and needed, bill them and appeal with the record.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import mue_row
from trocar.rules.evidence import units_of_day
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """More units on a date than the benchmark."""
    day = batch.day
    return (day.mue_adjudication == 3) & (day.mue_value >= 0) & (day.units > day.mue_value)


RULES = (
    Rule(
        id="UN003",
        name="units-over-day-limit",
        subject="day",
        needs=("mue",),
        authority=("mue-adjudication", "mue-benchmark", "mue-no-notice"),
        severity=Severity.DENY,
        carc="151",
        message="{day_units} units of {hcpcs} on {service_date}; the limit is {limit} (MUE, indicator 3: of the day)",
        remedy="Correct the units of {hcpcs}; if they are right, keep the record for an appeal.",
        fires=fires,
        evidence=units_of_day,
        cites=mue_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
