"""A bladder catheter beside an operation.

## Problem
A bladder catheter (51701 to 51703) is not reported with any procedure of 0, 10 or 90 global days, by the one who
operates.

## Fix
Take the catheter off. At another encounter of the day it is set apart with XE.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def tied(batch: Batch) -> Indices:
    """Pairs of a bladder catheter and a procedure of a global period."""
    catheter = batch.line.lines.hcpcs.is_in({"51701", "51702", "51703"})
    return batch.same_day.pairs_with_period(catheter, b"000", b"010", b"090")


def fires(batch: Batch) -> Bools:
    """A bladder catheter beside a procedure of a global period, untied by an edit."""
    return batch.same_day.any_of(tied(batch))


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first procedure beside the catheter."""
    return neighbours_of(batch, tied(batch), lines)


RULES = (
    Rule(
        id="NC015",
        name="bladder-catheter-with-operation",
        subject="line",
        needs=("schedule",),
        authority=("bladder-catheter",),
        severity=Severity.DENY,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: the catheter is in the global package",
        remedy="Take line {line} off.",
        fires=fires,
        evidence=evidence,
    ),
)
