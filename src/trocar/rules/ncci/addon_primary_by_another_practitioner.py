"""The primary of an add-on code was done by another practitioner.

## Problem
An add-on code is for the practitioner who did the primary procedure on that day. The only primaries on the claim carry
another rendering NPI. It happens when a radiologist guides the needle of another physician's procedure.

## Fix
Check who did what. The one who did both bills both. If two practitioners of different groups shared the work, ask the
contractor how it wants the guidance billed before sending the line.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import primary_rows
from trocar.rules.evidence import primaries
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Primaries are there, all of them with another NPI."""
    return batch.addon.primary_by_another


RULES = (
    Rule(
        id="NC007",
        name="addon-primary-by-another-practitioner",
        subject="line",
        needs=("addon",),
        authority=("addon-codes", "addon-types"),
        severity=Severity.REVIEW,
        carc="107",
        message="{hcpcs} is an add-on code and its primary was done by another practitioner: {primaries}",
        remedy="Check the rendering NPI of line {line} and of {primaries}; one practitioner bills both.",
        fires=fires,
        evidence=primaries,
        cites=primary_rows,
    ),
)
