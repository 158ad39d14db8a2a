"""An X modifier on a service before 2015.

## Problem
XE, XP, XS and XU exist since 2015-01-01. On an earlier service they are no modifiers.

## Fix
Put 59 in its place where the record shows another site or encounter; otherwise take the modifier off.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """An X modifier; the declaration ends with 2014."""
    return batch.line.lines.has("XE", "XP", "XS", "XU")


RULES = (
    Rule(
        id="MD024",
        name="distinct-modifier-before-its-time",
        subject="line",
        needs=(),
        authority=("x-modifiers-begin",),
        severity=Severity.DENY,
        carc="4",
        message="{modifiers} on a service of {service_date}: the X modifiers begin on 2015-01-01",
        remedy="Replace the X modifier on line {line} by 59 if the service was distinct.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
        last=date(2014, 12, 31),
    ),
)
