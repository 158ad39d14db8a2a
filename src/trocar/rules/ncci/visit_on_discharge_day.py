"""A visit beside the management of the discharge.

## Problem
99238 and 99239 hold everything the physician did for the patient on the day of discharge.

## Fix
Take the other visit off. Admission and discharge on one day are 99234 to 99236.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "visit-on-discharge-day"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC025",
        name=NAME,
        subject="line",
        needs=(),
        authority=("discharge-day",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
