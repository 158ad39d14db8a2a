"""A hospital bills a service whose payment is inside the procedure.

## Problem
OPPS status N: the payment for the code is inside the payment for the procedure of the day. That is so for every code
of imaging guidance.

## Fix
Nothing to correct: report the line with its charge, so that the cost is counted, and expect no separate payment.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import opps_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """OPPS status N."""
    return batch.line.opps_status == b"N"


RULES = (
    Rule(
        id="CD007",
        name="packaged-under-opps",
        subject="line",
        needs=("opps_status",),
        authority=("opps-packaging",),
        severity=Severity.INFO,
        carc="97",
        message="{hcpcs} is packaged under OPPS (status N): no separate payment",
        remedy="Keep line {line} on the claim; its payment is inside the procedure.",
        fires=fires,
        cites=opps_row,
        settings=("hospital",),
        at_risk=False,
    ),
)
