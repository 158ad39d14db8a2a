"""A diagnostic mammogram on the day of a screening one without GG.

## Problem
When a screening leads to a diagnostic mammogram on the same day, the diagnostic one carries GG and the screening
one 59 or XU.

## Fix
Add GG to the diagnostic mammogram, and 59 or XU to the screening one.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A diagnostic mammogram without GG beside a screening one."""
    codes = batch.line.lines.hcpcs
    diagnostic = codes.is_in({"77065", "77066"}) & ~batch.line.lines.has("GG")
    return diagnostic & batch.same_day.has_companion(codes.is_in({"77067"}))


RULES = (
    Rule(
        id="MD030",
        name="second-mammogram-unsaid",
        subject="line",
        needs=(),
        authority=("screening-and-diagnostic-mammogram",),
        severity=Severity.REVIEW,
        carc="4",
        message="a diagnostic mammogram beside a screening one (77067) without GG",
        remedy="Add GG to line {line}, and 59 or XU to 77067.",
        fires=fires,
        settings=("practitioner", "hospital"),
        at_risk=False,
    ),
)
