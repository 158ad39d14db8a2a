"""The contractor sets the price of the code.

## Problem
Status C: the fee schedule has no amount for the row; the contractor sets one, often from the report. Trocar gives no
amount for it.

## Fix
Nothing to correct. Send the report with the claim if the contractor asks for it, and look up the contractor's own fee
list.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Status C."""
    return batch.line.indicator_is("status", "C")


RULES = (
    Rule(
        id="CD005",
        name="contractor-priced",
        subject="line",
        needs=("schedule",),
        authority=("status-codes",),
        severity=Severity.INFO,
        carc="252",
        message="{hcpcs} is priced by the contractor: the schedule has no amount for this row",
        remedy="Keep the report at hand; the contractor prices line {line}.",
        fires=fires,
        cites=schedule_row,
        at_risk=False,
    ),
)
