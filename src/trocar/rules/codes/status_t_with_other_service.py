"""A service that is paid only by itself stands beside another.

## Problem
Status T: the code is paid only when nothing else that the fee schedule pays is billed for that patient by the same
practitioner on that date. With anything else, its payment is inside the other service.

## Fix
Take the line off; the other service pays for both. If nothing else was done that day, look for the line that does not
belong to the claim.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import schedule_row
from trocar.rules.columns import beside, codes_of, gathered
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """Status T beside a service that is paid."""
    return batch.line.indicator_is("status", "T") & batch.same_day.has_companion(batch.same_day.paid_by_the_schedule())


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The other services that are paid."""
    paid = batch.line.lines.same_practitioner & batch.same_day.paid_by_the_schedule()[batch.neighbours.right]
    entry, other = beside(batch, paid, lines)
    codes = gathered(entry, codes_of(batch, other), len(lines))
    return {"others": [", ".join(dict.fromkeys(some)) for some in codes]}


RULES = (
    Rule(
        id="CD004",
        name="status-t-with-other-service",
        subject="line",
        needs=("schedule",),
        authority=("status-codes",),
        severity=Severity.DENY,
        carc="97",
        message="{hcpcs} has status T and is paid only by itself; that day has also {others}",
        remedy="Remove line {line}; {others} pays for it.",
        fires=fires,
        evidence=evidence,
        cites=schedule_row,
        stage=2,
    ),
)
