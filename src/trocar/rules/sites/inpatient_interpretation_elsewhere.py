"""An interpretation that is paid for inpatients only is billed elsewhere.

## Problem
The code (PC/TC indicator 8) is the reading of an abnormal blood smear. It is paid to a practitioner for an inpatient
of a hospital alone; for anyone else the reading is inside the laboratory test.

## Fix
Take the line off. If the patient was an inpatient, correct the place of service to 21.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule

INPATIENT = frozenset({"21"})


def fires(batch: Batch) -> Bools:
    """PC/TC indicator 8 at a place other than the inpatient hospital."""
    elsewhere = batch.line.place_of_service_assigned & ~batch.line.place_of_service_in(INPATIENT)
    return elsewhere & batch.line.indicator_is("pctc", "8") & batch.line.indicator_is("status", "ARTC")


RULES = (
    Rule(
        id="PS008",
        name="inpatient-interpretation-elsewhere",
        subject="line",
        needs=("schedule",),
        authority=("pctc",),
        severity=Severity.DENY,
        carc="5",
        message="{hcpcs} is paid for hospital inpatients only and is billed at place of service {place_of_service}",
        remedy="Remove line {line}, or correct the place of service.",
        fires=fires,
        evidence=indicators("pctc"),
        cites=schedule_row,
    ),
)
