"""Access to a vein beside the procedure that needs it.

## Problem
A needle or cannula in a peripheral vein for contrast, sedation or drugs of a procedure is part of that procedure.

## Fix
Take the access off. If it was for something else, on another occasion of the day, set it apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "vein-access-with-procedure"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC012",
        name=NAME,
        subject="line",
        needs=(),
        authority=("vein-access-integral",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
