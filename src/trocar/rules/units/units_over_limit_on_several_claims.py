"""Several claims pass the limit of the day together.

## Problem
Each claim keeps the limit of the day; together they pass it for one patient, one practitioner and one date. The
limit is of the day, on whatever claim.

## Fix
Look whether one claim repeats or replaces the other. If all units were furnished, the record has to show why.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import mue_row
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """Claims that each keep the limit and pass it together."""
    return batch.patient_day.over_limit_together


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The limit, and the units of all claims."""
    return {"limit": batch.line.mue_value[lines], "day_units": batch.patient_day.units[lines]}


RULES = (
    Rule(
        id="UN010",
        name="units-over-limit-on-several-claims",
        subject="line",
        needs=("mue",),
        authority=("one-provider-one-day", "mue-adjudication"),
        severity=Severity.REVIEW,
        carc="151",
        message="{day_units} units of {hcpcs} on several claims of the day; the limit is {limit}",
        remedy="Look whether the claims repeat each other; show the units of line {line} in the record.",
        fires=fires,
        evidence=evidence,
        cites=mue_row,
        settings=("practitioner", "hospital"),
    ),
)
