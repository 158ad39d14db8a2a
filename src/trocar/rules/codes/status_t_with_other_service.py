"""A service that is paid only by itself stands beside another.

## Problem
Status T: the code is paid only when nothing else that the fee schedule pays is billed for that patient by the same
practitioner on that date. With anything else, its payment is inside the other service.

## Fix
Take the line off; the other service pays for both. If nothing else was done that day, look for the line that does not
belong to the claim.
"""

from __future__ import annotations

from typing import Any

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Status T beside a service that is paid."""
    return batch.line.indicator_is("status", "T") & batch.same_day.has_companion(batch.same_day.paid_by_the_schedule())


def evidence(batch: Batch, line: int) -> dict[str, Any]:
    """The other services that are paid."""
    others = batch.same_day.companions_of(line, batch.same_day.paid_by_the_schedule()).tolist()
    return {"others": ", ".join(dict.fromkeys(batch.line.lines.hcpcs[other] for other in others))}


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
