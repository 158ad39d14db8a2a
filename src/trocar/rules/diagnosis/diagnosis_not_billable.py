"""A diagnosis is a heading that needs more characters.

## Problem
The code is in ICD-10-CM, but only as the heading of finer codes. A claim needs the finest code there is: the site,
the side, the kind of encounter, as the heading asks.

## Fix
Choose the finer code from the record. Where the record does not say more, the heading mostly has a code for
unspecified.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import Cited, diagnosis_lines
from trocar.rules.evidence import diagnoses
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A diagnosis that is not billable in the release of the day."""
    return batch.diagnosis.any(batch.diagnosis.header)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The diagnoses that are meant."""
    return diagnoses(batch, lines, batch.diagnosis.header)


def cites(batch: Batch, lines: Indices) -> Cited:
    """Their lines of the order file."""
    return diagnosis_lines(batch, lines, batch.diagnosis.header)


RULES = (
    Rule(
        id="DX002",
        name="diagnosis-not-billable",
        subject="line",
        needs=("icd10",),
        authority=("diagnosis-validity",),
        severity=Severity.DENY,
        carc="146",
        message="not billable on {service_date}, more characters are needed: {diagnoses}",
        remedy="Choose the finer code below {diagnoses} from the record.",
        fires=fires,
        evidence=evidence,
        cites=cites,
        settings=("practitioner", "hospital", "asc"),
    ),
)
