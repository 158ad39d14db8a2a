"""Several units of a joint injection on one side.

## Problem
The unit of 20600 to 20611 is a joint with its bursae. Several units on one side are right only for several joints
of that size on that side.

## Fix
Look which joints were entered. For one joint and its bursae bill one unit; for two joints show both.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule

JOINTS = frozenset({"20600", "20604", "20605", "20606", "20610", "20611"})


def fires(batch: Batch) -> Bools:
    """More than one unit with one side."""
    lines = batch.line.lines
    one_side = lines.has("RT") ^ lines.has("LT")
    return lines.hcpcs.is_in(JOINTS) & one_side & (lines.units > 1) & ~lines.has("50")


RULES = (
    Rule(
        id="UN008",
        name="joint-units-on-one-side",
        subject="line",
        needs=(),
        authority=("joint-unit",),
        severity=Severity.REVIEW,
        carc="151",
        message="{units} units on one side: one joint with its bursae is one unit",
        remedy="Bill one unit for each joint on line {line}.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
    ),
)
