"""Two codes of one claim-day form an NCCI edit that no modifier lifts.

## Problem
The two codes are a procedure-to-procedure edit with modifier indicator 0: Medicare pays the column 1 code and denies
the column 2 code, whatever modifiers stand on either line.

## Fix
Take the column 2 line off the claim. The denial can't be billed to the patient, and an ABN does not help. If the
column 1 code is the wrong one, correct the code from the record; do not choose between the two by price.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import edit_row
from trocar.rules.evidence import column_1
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """An edit in force with indicator 0."""
    return batch.pair.modifier_indicator == 0


RULES = (
    Rule(
        id="NC001",
        name="pair-never-together",
        subject="pair",
        needs=("ncci_ptp",),
        authority=("ptp-columns", "ptp-indicators", "ptp-not-billable-to-patient"),
        severity=Severity.DENY,
        carc="236",
        message="{hcpcs} is column 2 of the NCCI edit {column_1}/{hcpcs}, indicator 0: no modifier lifts it",
        remedy=(
            "Keep the code that says the whole service and take the other off: "
            "as billed, {column_1} on line {column_1_line} is paid and line {line} is not."
        ),
        fires=fires,
        evidence=column_1,
        cites=edit_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
