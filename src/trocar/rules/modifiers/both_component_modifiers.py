"""One line carries 26 and TC at once.

## Problem
The line asks for the professional component and for the technical component. Together they are the whole service,
which is billed without either modifier; a payer can price the line as neither.

## Fix
If one practitioner did both parts, bill the code without 26 and TC. If two did, or the parts were done at different
places, bill each part on a line of its own.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """26 and TC on one line."""
    return batch.line.lines.has("26") & batch.line.lines.has("TC")


RULES = (
    Rule(
        id="MD002",
        name="both-component-modifiers",
        subject="line",
        needs=(),
        authority=("pctc",),
        severity=Severity.DENY,
        carc="4",
        message="{hcpcs} carries 26 and TC on one line",
        remedy="Bill {hcpcs} without 26 and TC for the whole service, or each component on a line of its own.",
        fires=fires,
    ),
)
