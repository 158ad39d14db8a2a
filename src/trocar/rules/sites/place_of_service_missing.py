"""The line has no place of service.

## Problem
A practitioner's fee depends on where the service was done. Without a place of service the line can be neither priced
nor checked for what is payable there, and a payer returns the claim.

## Fix
Write the place of service: where the patient was when the service, or its technical part, was done.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """No place of service."""
    return ~batch.line.place_of_service_given


RULES = (
    Rule(
        id="PS007",
        name="place-of-service-missing",
        subject="line",
        needs=(),
        authority=("place-of-service",),
        severity=Severity.REVIEW,
        carc="16",
        message="the place of service is missing",
        remedy="Write the place of service on line {line}.",
        fires=fires,
        at_risk=False,
    ),
)
