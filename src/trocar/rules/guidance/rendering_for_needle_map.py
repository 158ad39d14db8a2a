"""A three-dimensional rendering that can only map needles.

## Problem
76376 and 76377 stand beside the guidance of a needle, and no imaging study of the day could have been rendered. A
map of the places where needles went is not reported.

## Fix
Take the rendering off. If a study was rendered, bill the study on the same claim, with its own report.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "rendering-for-needle-map"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD013",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-mapping",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
