"""An epidural injection beside a larger procedure of the spine.

## Problem
The injection is part of the larger procedure, or treats the pain that it causes; both are in its package.

## Fix
Take the injection off, unless it was at another encounter for another matter.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "epidural-with-spinal-operation"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC019",
        name=NAME,
        subject="line",
        needs=(),
        authority=("epidural-with-spinal-procedure",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
