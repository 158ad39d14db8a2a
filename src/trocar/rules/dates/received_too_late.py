"""A claim received after the last day to file.

## Problem
Medicare takes a claim that it receives within one calendar year of the service. This one is later.

## Fix
Look whether one of the four exceptions holds (an error of the program, retroactive entitlement, the same through
Medicaid, retroactive disenrolment from a plan) and say so with the claim. Otherwise nothing can be collected, from
the patient neither.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """Received after the same day of the next year."""
    return batch.filing.late


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The day of receipt and the last day."""
    days = {"received": batch.filing.received, "last_day": batch.filing.last_day}
    return {name: [iso_day(day) for day in column[lines].tolist()] for name, column in days.items()}


RULES = (
    Rule(
        id="DT001",
        name="received-too-late",
        subject="line",
        needs=(),
        authority=("timely-filing",),
        severity=Severity.DENY,
        carc="29",
        message="received on {received}; the last day was {last_day}",
        remedy="File line {line} only with the exception that extends the time.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital", "asc"),
        first=date(2010, 1, 1),
    ),
)
