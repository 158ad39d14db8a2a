"""A line says again what an earlier line says.

## Problem
Two lines of the claim have the same code, modifiers, date, place and practitioner, and none of the modifiers that
tell of a repeat or of a service apart. A payer takes the later one for an exact duplicate.

## Fix
Take the later line off, or put both into one line with its units. If it is a service of its own, say which: the side
or site, 59 or an X modifier for another site or encounter, 76 or 77 for a true repeat.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A later line that repeats an earlier one."""
    return batch.same_day.repeats_earlier


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The earlier line."""
    earlier = [batch.same_day.repeated_line(line) for line in lines.tolist()]
    return {"earlier": batch.line.lines.line_number[earlier]}


RULES = (
    Rule(
        id="UN004",
        name="line-repeated",
        subject="line",
        needs=(),
        authority=("mue-line-modifiers", "reason-codes"),
        severity=Severity.REVIEW,
        carc="18",
        message="line {line} repeats line {earlier}: {hcpcs} with the same modifiers on {service_date}",
        remedy="Remove line {line}, or add the modifier that tells how it differs from line {earlier}.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital", "asc"),
    ),
)
