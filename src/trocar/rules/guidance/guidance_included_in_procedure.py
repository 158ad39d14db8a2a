"""Guidance is billed beside a procedure that includes it.

## Problem
The code of the procedure includes the imaging guidance: its edits or the policy manual name the pair. No other
procedure of the day could have needed the guidance, and no modifier says that it was for another one.

## Fix
Take the guidance line off: the procedure pays for it. If the guidance was for another procedure of that day, bill
that procedure, and set the guidance apart with the NCCI modifier that the record supports.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import edit_row
from trocar.rules.evidence import included_fact
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A fact in force, no modifier that sets the guidance apart, no other procedure that could carry it."""
    pair = batch.pair
    apart = pair.bypassed | pair.distinct_service | batch.guidance.carried[pair.column_2]
    return pair.guidance_surely_included & ~apart


RULES = (
    Rule(
        id="GD003",
        name="guidance-included-in-procedure",
        subject="pair",
        needs=(),
        authority=("guidance-included", "guidance-integral-bypass"),
        severity=Severity.DENY,
        carc="97",
        message="{column_1} on line {column_1_line} includes the guidance {hcpcs}: {words}",
        remedy="Remove line {line}: {column_1} pays for its own guidance.",
        fires=fires,
        evidence=included_fact,
        cites=edit_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
