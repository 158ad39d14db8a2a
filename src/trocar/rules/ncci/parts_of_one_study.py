"""Views or regions that one code describes together.

## Problem
Several codes say what one code says: all views, both regions, the whole organ system. The parts are not reported
for it.

## Fix
Bill the code that describes the whole; what it is stands in the message. Two studies of different matters are set
apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "parts-of-one-study"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC022",
        name=NAME,
        subject="line",
        needs=(),
        authority=("parts-of-one-study", "whole-service-code"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
