"""A service that critical care includes.

## Problem
Critical care of a practitioner holds reading films of the chest, vein access, blood gases, gastric tubes and the
ventilator.

## Fix
Take the line off, unless the service was outside the time of critical care and for another matter.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "service-inside-critical-care"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC024",
        name=NAME,
        subject="line",
        needs=(),
        authority=("critical-care-includes",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
