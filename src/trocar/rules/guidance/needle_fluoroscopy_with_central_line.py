"""Needle guidance by fluoroscopy beside the fluoroscopy of a central line.

## Problem
77001 is the fluoroscopy of placing, replacing or removing a central venous device. 77002 beside it, without a
needle procedure that could need it, bills the same guidance again.

## Fix
Leave 77001. If the needle guidance was for another procedure of the day, bill that procedure and set 77002 apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "needle-fluoroscopy-with-central-line"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD011",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-central-venous",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
