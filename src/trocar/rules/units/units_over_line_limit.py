"""A line has more units than one line may have.

## Problem
The code has an MUE with adjudication indicator 1: each line is compared with the limit by itself. When the limit is
passed, all units of the line are denied, not only the excess. The denial may not be billed to the patient.

## Fix
Correct the units if they are wrong. If more were truly given, put the rest on a further line with the modifier that
tells why (59, an X modifier, 76, 77, 91 or an anatomic one), if that is true.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import mue_row
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """More units than the limit of a line."""
    line = batch.line
    has_limit = (line.mue_adjudication == 1) & (line.mue_value >= 0)
    return has_limit & (line.lines.units > line.mue_value)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The limit of the line."""
    return {"limit": batch.line.mue_value[lines]}


RULES = (
    Rule(
        id="UN001",
        name="units-over-line-limit",
        subject="line",
        needs=("mue",),
        authority=("mue-adjudication", "mue-line-modifiers", "mue-no-notice"),
        severity=Severity.DENY,
        carc="151",
        message="{units} units of {hcpcs} on one line; the limit is {limit} (MUE, indicator 1)",
        remedy="Correct the units of line {line}, or put true further units on a line with a modifier that tells why.",
        fires=fires,
        evidence=evidence,
        cites=mue_row,
        settings=("practitioner", "hospital", "asc"),
    ),
)
