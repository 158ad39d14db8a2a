"""The side of the line and the side of its diagnoses differ.

## Problem
The line carries RT or LT, and every diagnosis of it that names a side names the other one. One of the two is wrong,
or a diagnosis of the operated side is missing. Titles that speak of the heart, the brain, the belly's quadrants or a
past state are not counted.

## Fix
Look up the side in the report. Correct the modifier, or the diagnosis, or point the line to the diagnosis that
belongs to it.
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
    """Every sided diagnosis names the other side."""
    return batch.diagnosis.side_conflict


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The diagnoses that are meant."""
    return diagnoses(batch, lines, batch.diagnosis.on_other_side)


def cites(batch: Batch, lines: Indices) -> Cited:
    """Their lines of the order file."""
    return diagnosis_lines(batch, lines, batch.diagnosis.on_other_side)


RULES = (
    Rule(
        id="DX003",
        name="diagnosis-side-conflict",
        subject="line",
        needs=("icd10",),
        authority=("diagnosis-validity", "ptp-paired-organs"),
        severity=Severity.REVIEW,
        carc="11",
        message="the line is {modifiers} and its diagnoses name the other side: {diagnoses}",
        remedy="Correct the side of line {line} or of {diagnoses} from the report.",
        fires=fires,
        evidence=evidence,
        cites=cites,
        settings=("practitioner", "hospital", "asc"),
    ),
)
