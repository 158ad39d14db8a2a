"""A mammogram after a breast procedure that mammography led.

## Problem
Guidance by mammography holds every mammogram of the procedure, the last one that shows the clip or wire included.
The edits do not hold every pair.

## Fix
Take the mammogram off. A mammogram of the other breast, or of another encounter, is set apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "mammogram-after-guided-breast-procedure"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD018",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-breast",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
