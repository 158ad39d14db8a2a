"""A discontinued procedure has no fee of its own.

## Problem
Modifier 53 says that the procedure was stopped. The schedule has a fee for that for a few endoscopies only; for any
other code the contractor reviews the record and sets the payment.

## Fix
Send the note: how far the procedure went and why it was stopped. Expect less than the fee, and a wait. If the service
was done but was less than usual, 52 may say it better.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """53 without a row of its own, on a code that could be paid."""
    payable = batch.line.indicator_is("status", "ARTC")
    return batch.line.lines.has("53") & payable & (batch.line.component != 3)


RULES = (
    Rule(
        id="MD013",
        name="discontinued-without-fee",
        subject="line",
        needs=("schedule",),
        authority=("modifier-53",),
        severity=Severity.REVIEW,
        carc="252",
        message="the schedule has no fee for a discontinued {hcpcs}; the contractor prices it from the record",
        remedy="Send the note with the claim: how far the procedure went and why it was stopped.",
        fires=fires,
        cites=schedule_row,
    ),
)
