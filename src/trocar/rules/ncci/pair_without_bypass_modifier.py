"""Two codes of one claim-day form an NCCI edit, and no modifier says that they were separate services.

## Problem
The two codes are a procedure-to-procedure edit with modifier indicator 1: Medicare pays the column 1 code and denies
the column 2 code, unless an NCCI modifier (a side, finger or toe, 25, 59, XE, XS and so on) sets them apart. None does
here. Modifiers such as 26, 51, 76 or 77 do not count.

## Fix
Look in the record. One site, one session: take the column 2 line off, or bill the one code that holds both services.
Another site, side, lesion, session or practitioner, or a visit of its own: put the modifier that says exactly that on
the line.
The denial can't be billed to the patient.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import edit_row
from trocar.rules.evidence import column_1_and_hint
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """An edit in force with indicator 1 that no modifier bypasses."""
    return (batch.pair.modifier_indicator == 1) & ~batch.pair.bypassed


RULES = (
    Rule(
        id="NC002",
        name="pair-without-bypass-modifier",
        subject="pair",
        needs=("ncci_ptp",),
        authority=("ptp-columns", "ptp-indicators", "ptp-modifiers", "ptp-staged", "ptp-not-billable-to-patient"),
        severity=Severity.DENY,
        carc="236",
        message="{hcpcs} is column 2 of the NCCI edit {column_1}/{hcpcs}, indicator 1, without an NCCI modifier",
        remedy=(
            "Remove line {line}, unless the record shows a separate site, side, session or practitioner: then say "
            "which.{hint}"
        ),
        fires=fires,
        evidence=column_1_and_hint,
        cites=edit_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
