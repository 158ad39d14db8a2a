"""Modifier 59 on radiation treatment management.

## Problem
The manual rules 59 out on 77427, the management of five radiation treatments; nothing sets it apart from other
services.

## Fix
Take 59 off; one unit of 77427 stands for five treatments, whatever else was done.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """59 on 77427."""
    return batch.line.lines.has("59") & batch.line.lines.hcpcs.is_in({"77427"})


RULES = (
    Rule(
        id="MD025",
        name="distinct-modifier-on-radiation-management",
        subject="line",
        needs=(),
        authority=("management-not-59",),
        severity=Severity.DENY,
        carc="4",
        message="59 is not used with 77427",
        remedy="Take 59 off line {line}.",
        fires=fires,
        settings=("practitioner", "hospital"),
    ),
)
