"""A diagnosis is no code of ICD-10-CM on the date of service.

## Problem
The code set of the day does not list the code: it begins on a later day, it has been deleted, or it is mistyped.
ICD-10-CM changes every 1 October, and now and then on 1 April.

## Fix
Look the diagnosis up in the code set in force on the date of service, not on the day of billing, and correct it from
the record.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import diagnoses
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A diagnosis that the release of the day does not have."""
    return batch.diagnosis.any(batch.diagnosis.unknown)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The diagnoses that are meant."""
    return diagnoses(batch, lines, batch.diagnosis.unknown)


RULES = (
    Rule(
        id="DX001",
        name="diagnosis-not-in-force",
        subject="line",
        needs=("icd10",),
        authority=("diagnosis-validity",),
        severity=Severity.DENY,
        carc="146",
        message="not in ICD-10-CM on {service_date}: {diagnoses}",
        remedy="Correct {diagnoses} from the record, with the code set in force on {service_date}.",
        fires=fires,
        evidence=evidence,
        settings=("practitioner", "hospital", "asc"),
    ),
)
