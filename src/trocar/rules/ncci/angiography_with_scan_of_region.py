"""A scan and an angiography of one region on one day.

## Problem
From one technical study either the scan or the angiography is reported. Both need two technical studies or two
encounters, which is seldom needed.

## Fix
Look for two acquisitions, each with its order. If there were, set one apart with 59; otherwise leave one.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "angiography-with-scan-of-region"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC023",
        name=NAME,
        subject="line",
        needs=(),
        authority=("scan-and-angiography",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
