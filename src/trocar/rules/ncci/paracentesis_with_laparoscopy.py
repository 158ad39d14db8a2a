"""Fluid of the belly beside a laparoscopy.

## Problem
Washing, filling and emptying the belly is part of any laparoscopy.

## Fix
Take the paracentesis off, unless it was at another encounter of the day.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "paracentesis-with-laparoscopy"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC017",
        name=NAME,
        subject="line",
        needs=(),
        authority=("paracentesis-in-laparoscopy",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
