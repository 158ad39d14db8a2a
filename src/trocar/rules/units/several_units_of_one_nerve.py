"""Several units of the block of one nerve.

## Problem
All injections of one named nerve and its branches at one encounter are one unit. Several units are right for both
sides (50) or for several nerves that one code names.

## Fix
Look which nerves were injected. For one bill one unit; for both sides 50 and one unit.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def by_nerve(code: str) -> bool:
    """64400 to 64530 without the codes of further nerves and of levels of the spine (64421, 64461 to 64495)."""
    return "64400" <= code <= "64530" and code != "64421" and not "64461" <= code <= "64495"


def fires(batch: Batch) -> Bools:
    """More than one unit of a nerve block that counts by nerve."""
    lines = batch.line.lines
    return lines.hcpcs.map(by_nerve, bool) & (lines.units > 1) & ~lines.has("50")


RULES = (
    Rule(
        id="UN009",
        name="several-units-of-one-nerve",
        subject="line",
        needs=(),
        authority=("nerve-block-unit",),
        severity=Severity.REVIEW,
        carc="151",
        message="{units} units of {hcpcs}: all injections of one nerve are one unit",
        remedy="Bill one unit for each nerve on line {line}.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
    ),
)
