"""A bilateral line whose diagnoses name one side.

## Problem
The line carries 50, and every diagnosis of it that names a side names the same one. The other side has no reason on
the claim.

## Fix
Add the diagnosis of the other side (or the bilateral one), or bill one side.
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
    """50, and sided diagnoses of one side alone."""
    return batch.diagnosis.one_side_for_both


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The diagnoses that are meant."""
    return diagnoses(batch, lines, batch.diagnosis.names_a_side)


def cites(batch: Batch, lines: Indices) -> Cited:
    """Their lines of the order file."""
    return diagnosis_lines(batch, lines, batch.diagnosis.names_a_side)


RULES = (
    Rule(
        id="DX005",
        name="one-sided-diagnosis-for-both-sides",
        subject="line",
        needs=("icd10",),
        authority=("diagnosis-validity", "mue-bilateral"),
        severity=Severity.REVIEW,
        carc="11",
        message="50 on {hcpcs}, and the diagnoses name one side alone: {diagnoses}",
        remedy="Add the diagnosis of the other side to line {line}, or bill one side.",
        fires=fires,
        evidence=evidence,
        cites=cites,
        settings=("practitioner", "hospital", "asc"),
    ),
)
