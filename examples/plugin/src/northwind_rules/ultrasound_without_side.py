"""The payer wants a side on ultrasound guidance.

## Problem
Northwind Health Plan, a payer invented for this example, sends 76942 back when the line names no side, where Medicare
asks for none.

## Fix
Put RT, LT or 50 on the line, as the report says it.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule

PAYER = "Northwind Health Plan"


def fires(batch: Batch) -> Bools:
    """Ultrasound guidance without a side, billed to this payer."""
    lines = batch.line.lines
    guidance = lines.hcpcs.is_in({"76942"}) & lines.texts("payer").is_in({PAYER})
    return guidance & ~lines.has("RT", "LT", "50")


RULES = (
    Rule(
        id="NW001",
        name="ultrasound-without-side",
        subject="line",
        needs=(),
        authority=("Northwind policy 12 (invented), from 2024-07-01",),
        severity=Severity.REVIEW,
        carc="4",
        message="{hcpcs} names no side, and the payer asks for one",
        remedy="Put RT, LT or 50 on line {line}, as the report says it.",
        fires=fires,
        first=date(2024, 7, 1),
    ),
)
