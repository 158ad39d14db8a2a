"""The finger, toe or eyelid of the line is on the other side than its diagnoses.

## Problem
The line names a finger, a toe or an eyelid, and every diagnosis of it that names a side names the other one.

## Fix
Look up the part in the report. Correct the modifier or the diagnosis.
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
    """Every sided diagnosis names the other side than the part."""
    return batch.diagnosis.part_conflict


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The diagnoses that are meant."""
    return diagnoses(batch, lines, batch.diagnosis.on_other_hand)


def cites(batch: Batch, lines: Indices) -> Cited:
    """Their lines of the order file."""
    return diagnosis_lines(batch, lines, batch.diagnosis.on_other_hand)


RULES = (
    Rule(
        id="DX004",
        name="diagnosis-part-conflict",
        subject="line",
        needs=("icd10",),
        authority=("part-modifiers", "diagnosis-validity"),
        severity=Severity.REVIEW,
        carc="11",
        message="the line is {modifiers} and its diagnoses name the other side: {diagnoses}",
        remedy="Correct the part of line {line} or {diagnoses} from the report.",
        fires=fires,
        evidence=evidence,
        cites=cites,
        settings=("practitioner", "hospital", "asc"),
    ),
)
