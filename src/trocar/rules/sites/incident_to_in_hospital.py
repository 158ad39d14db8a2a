"""A service incident to a physician is billed for a hospital patient.

## Problem
The code (PC/TC indicator 5) is for what staff do under a physician in an office, such as injections. For a patient of
a hospital the hospital provides it, and a practitioner is not paid for it.

## Fix
Take the line off; the hospital bills it. If the patient was seen in an office, correct the place of service.
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
    """PC/TC indicator 5 at a place of a hospital."""
    line = batch.line
    paid_elsewhere = line.indicator_is("pctc", "5") & line.indicator_is("status", PAID_STATUSES)
    return paid_elsewhere & line.is_hospital_place


RULES = (
    Rule(
        id="PS004",
        name="incident-to-in-hospital",
        subject="line",
        needs=("schedule",),
        authority=("pctc", "place-of-service"),
        severity=Severity.DENY,
        carc="5",
        message="{hcpcs} is incident to a physician (PC/TC indicator 5) and is billed for a hospital patient",
        remedy="Remove line {line}; the hospital bills it.",
        fires=fires,
        evidence=indicators("pctc", "status"),
        cites=schedule_row,
    ),
)
