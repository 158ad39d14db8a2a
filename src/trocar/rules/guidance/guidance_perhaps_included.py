"""Guidance is billed beside a procedure whose code may include it.

## Problem
The fee schedule or the policy manual says in general that the procedure includes imaging, but no edit carries this
pair everywhere. Some payers deny the guidance, and all may ask it back in an audit.

## Fix
Read the code's own words for the year of service. If imaging is included when performed, take the guidance line off.
If the guidance was for another procedure of that day, bill that procedure too and set the guidance apart.
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
    return pair.guidance_perhaps_included & ~apart


RULES = (
    Rule(
        id="GD004",
        name="guidance-perhaps-included",
        subject="pair",
        needs=(),
        authority=("guidance-included", "guidance-standard-of-practice"),
        severity=Severity.REVIEW,
        carc="97",
        message="the wording of {column_1} on line {column_1_line} may include the guidance {hcpcs}",
        remedy="Check whether {column_1} includes its imaging on that date; if so, remove line {line}.",
        fires=fires,
        evidence=included_fact,
        cites=edit_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
