"""A code has more units on a date than are possible.

## Problem
The code has an MUE with adjudication indicator 2: all lines of the code on the date are added up, whatever their
modifiers, and more than the limit contradicts anatomy, the code's own words or Medicare policy. All lines of the code
are denied, contractors may not lift it even on appeal, and the patient may not be billed.

## Fix
Correct the units to what the code's unit means: one first lesion, one first level, both sides on one line with 50.
Further lesions or levels have an add-on code of their own.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import mue_row
from trocar.rules.evidence import units_of_day
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """More units on a date than the absolute limit."""
    day = batch.day
    return (day.mue_adjudication == 2) & (day.mue_value >= 0) & (day.units > day.mue_value)


RULES = (
    Rule(
        id="UN002",
        name="units-over-absolute-day-limit",
        subject="day",
        needs=("mue",),
        authority=("mue-adjudication", "mue-absolute", "mue-no-notice"),
        severity=Severity.DENY,
        carc="151",
        message="{day_units} units of {hcpcs} on {service_date}; the limit is {limit} (MUE, indicator 2: absolute)",
        remedy="Correct the units of {hcpcs}; see whether an add-on code or modifier 50 says it.",
        fires=fires,
        evidence=units_of_day,
        cites=mue_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
