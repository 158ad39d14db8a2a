"""A nerve block or epidural beside a major operation of the same practitioner.

## Problem
Anesthesia by the one who operates is part of the operation, blocks and epidurals among it, and so is the treatment
of the pain afterwards. No edit of the day speaks of the pair.

## Fix
If the block had nothing to do with the operation, its anesthesia or its pain, set it apart with 59 or XS and show
why. Otherwise take it off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def tied(batch: Batch) -> Indices:
    """Pairs of a block (64400 to 64530, 62320 to 62327) and an operation of 90 days."""
    block = batch.line.lines.hcpcs.map(lambda code: "64400" <= code <= "64530" or "62320" <= code <= "62327", bool)
    return batch.same_day.pairs_with_period(block, b"090")


def fires(batch: Batch) -> Bools:
    """A block beside an operation of 90 days, untied by an edit."""
    return batch.same_day.any_of(tied(batch))


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first operation beside the block."""
    return neighbours_of(batch, tied(batch), lines)


RULES = (
    Rule(
        id="NC014",
        name="block-with-major-operation",
        subject="line",
        needs=("schedule",),
        authority=("anesthesia-by-operator", "epidural-for-postoperative-pain"),
        severity=Severity.REVIEW,
        carc="97",
        message=(
            "{hcpcs} beside {beside} on line {beside_line}: anesthesia and pain care by the operator are in "
            "the operation"
        ),
        remedy="Take line {line} off, or show that the block was for another matter.",
        fires=fires,
        evidence=evidence,
    ),
)
