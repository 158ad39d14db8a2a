"""A provider number can not be right.

## Problem
A National Provider Identifier has ten digits, and the last one is computed from the others. The rendering, the
billing or the referring number on the line is not ten digits or has another last digit: somebody mistyped it.

## Fix
Copy the number again from the provider registry or the enrolment record.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """An NPI that is not ten digits with the right last one."""
    return batch.line.npi_fails


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The numbers that fail."""
    return {"npis": [", ".join(batch.line.failing_npis(line)) for line in lines.tolist()]}


RULES = (
    Rule(
        id="ID001",
        name="npi-check-digit-wrong",
        subject="line",
        needs=(),
        authority=("npi-check-digit",),
        severity=Severity.REVIEW,
        carc="207",
        message="no valid NPI: {npis}",
        remedy="Correct {npis} on line {line} from the provider registry.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital", "asc"),
    ),
)
