"""CT guidance of radiation fields is billed with a needle procedure.

## Problem
77014 is CT to place the fields of radiation therapy. With a biopsy, drainage or injection on the same day it was most
likely taken for the CT guidance of a needle, which is another code.

## Fix
If CT led the needle, bill the CT needle guidance, unless the procedure includes it. If radiation fields were set on
that day, keep 77014 and have the simulation or treatment in the record.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import better_said
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Guidance of radiation fields beside a needle procedure, with a better code known."""
    return (batch.better_said.beside >= 0) & batch.guidance.of_kind("therapy_field")


RULES = (
    Rule(
        id="GD007",
        name="therapy-field-guidance-for-needle",
        subject="line",
        needs=(),
        authority=("guidance-radiosurgery", "guidance-included"),
        severity=Severity.REVIEW,
        carc="11",
        message="{hcpcs} stands beside the needle procedure {beside}: {words}",
        remedy="If CT led the needle, look at {suggest} for line {line}, unless {beside} includes its guidance.",
        fires=fires,
        evidence=better_said,
        settings=("practitioner", "hospital"),
    ),
)
