"""Needle guidance that is an add-on code stands without any of its listed primaries.

## Problem
77002 and 77003 are add-on codes with a closed list of primary procedures. None of the list is on the claim for that
day, so the guidance is never paid, whatever the record shows.

## Fix
If a listed procedure was done, bill it on the same claim and day. If the procedure billed includes its guidance, take
the guidance line off. If the guidance was of another kind (CT 77012, ultrasound 76942), correct its code.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import addon_row
from trocar.rules.evidence import rest_of_the_day
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A guidance add-on with a closed list, and no primary of the list on its day."""
    return batch.addon.closed_list & batch.addon.lacks_primary & batch.guidance.is_guidance


RULES = (
    Rule(
        id="GD001",
        name="addon-guidance-alone",
        subject="line",
        needs=("addon",),
        authority=("addon-codes", "addon-types", "addon-file"),
        severity=Severity.DENY,
        carc="107",
        message="{hcpcs} is guidance for a listed primary procedure, and none is on the claim that day ({others})",
        remedy="Bill the guided procedure with line {line} if it is a listed one; else remove line {line}.",
        fires=fires,
        evidence=rest_of_the_day,
        cites=addon_row,
    ),
)
