"""A biopsy beside the removal of the same organ or tissue.

## Problem
A biopsy is reported beside the removal only if its result decided to go on, or if it was of another lesion. To look
at margins, or with the result after the removal, it is part of it; a biopsy of the part of lung that is removed
always is. Many such pairs have no edit.

## Fix
Look for a pathology result before the removal, or for another lesion. Then set the biopsy apart (58 on the removal
for a staged operation, 59 or XS for another lesion); otherwise take it off.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "biopsy-with-removal"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC009",
        name=NAME,
        subject="line",
        needs=(),
        authority=("biopsy-and-removal", "lung-biopsy-and-removal", "ptp-not-exhaustive"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
