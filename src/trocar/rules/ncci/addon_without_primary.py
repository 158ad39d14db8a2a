"""An add-on code stands without any of its listed primary procedures.

## Problem
The code describes work done in addition to a primary procedure. CMS lists every primary it accepts (type 1), and none
of them is on the claim for that day, so the add-on is never paid.

## Fix
If the primary was done, bill it on the same claim and day. If another procedure was the main one, the record needs the
add-on that belongs to that procedure, or none. Image guidance add-ons are rule GD001.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import addon_row
from trocar.rules.evidence import rest_of_the_day
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """An add-on with a closed list, other than guidance, and no primary of the list on its day."""
    return batch.addon.closed_list & batch.addon.lacks_primary & ~batch.guidance.is_guidance


RULES = (
    Rule(
        id="NC005",
        name="addon-without-primary",
        subject="line",
        needs=("addon",),
        authority=("addon-codes", "addon-types", "addon-file"),
        severity=Severity.DENY,
        carc="107",
        message="{hcpcs} is an add-on code and none of its listed primaries is on the claim that day ({others})",
        remedy="Bill the primary procedure with line {line} if it was done; else remove line {line}.",
        fires=fires,
        evidence=rest_of_the_day,
        cites=addon_row,
    ),
)
