"""A claim received before the service.

## Problem
The payer received the claim on an earlier day than the service was furnished. One of the two dates is wrong.

## Fix
Correct the date of service or of receipt from the record and the clearing house.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """Received before the date of service."""
    return batch.filing.before_service


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The day of receipt."""
    return {"received": [iso_day(day) for day in batch.filing.received[lines].tolist()]}


RULES = (
    Rule(
        id="DT002",
        name="received-before-service",
        subject="line",
        needs=(),
        authority=("timely-filing", "reason-codes"),
        severity=Severity.REVIEW,
        carc="110",
        message="received on {received}, before the service of {service_date}",
        remedy="Correct the dates of line {line}.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital", "asc"),
        at_risk=False,
    ),
)
