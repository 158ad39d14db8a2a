"""The line itself states that Medicare will not pay.

## Problem
GY says that the service is no benefit of Medicare; GZ says that it is expected to be found not necessary and that the
patient got no notice. Either way the contractor denies the line without looking further (reason 96 for GY; for GZ
most often reason 50). After GZ the patient may not be billed.

## Fix
Leave it if the statement is true. If it is not, take the modifier off; if a notice was given in time, GA says so. A
notice can not be given afterwards.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """A modifier by which a line is denied."""
    return batch.line.has_effect("not_payable")


RULES = (
    Rule(
        id="MD015",
        name="denial-statement-modifier",
        subject="line",
        needs=(),
        authority=("noncoverage-modifiers",),
        severity=Severity.INFO,
        carc="96",
        message="the line states by its modifier ({modifiers}) that Medicare will not pay",
        remedy="Leave it if it is true; else take GY or GZ off line {line} (GA if a notice was given in time).",
        fires=fires,
        at_risk=False,
    ),
)
