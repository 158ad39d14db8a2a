"""A line that another claim of the day has already.

## Problem
Two claims have the same patient, practitioner, date, code, modifiers and place, and nothing says that the service
was repeated. A payer takes the later one for a duplicate.

## Fix
Take the line off the later claim, or send a replacement of the earlier one. A true repeat is said with 76, a
service of its own with 59 or an X modifier.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """An earlier claim has the same line."""
    return batch.patient_day.repeats_other_claim


RULES = (
    Rule(
        id="UN011",
        name="line-on-another-claim",
        subject="line",
        needs=(),
        authority=("one-provider-one-day", "reason-codes"),
        severity=Severity.REVIEW,
        carc="18",
        message="another claim of the day has {hcpcs} with the same modifiers, place and practitioner",
        remedy="Take line {line} off, or say with 76 or 59 that it was done again.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
    ),
)
