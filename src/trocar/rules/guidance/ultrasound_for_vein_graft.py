"""Intraoperative ultrasound in a coronary bypass without a word on what for.

## Problem
In a bypass with veins 76998 is reported for ultrasound of the aorta alone, and 59 or XS says so. Ultrasound to take
the vein is part of the bypass.

## Fix
If the report describes ultrasound of the aorta, add 59 or XS; otherwise take 76998 off.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "ultrasound-for-vein-graft"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD017",
        name=NAME,
        subject="line",
        needs=(),
        authority=("coronary-bypass-ultrasound",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
