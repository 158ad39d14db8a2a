"""A modifier that tells what a practitioner did stands on a claim of a hospital.

## Problem
A hospital bills the room, the staff and the supplies. 26, 53, 54 to 56, 62, 66, 80 to 82 and AS tell which part of the
work a practitioner did, and are not among the modifiers that hospitals report.

## Fix
Take the modifier off, or bill the line on the practitioner's claim if it is the practitioner's. A hospital says with 73
or 74 that a procedure was stopped, and with 52 that a service without anesthesia was.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import modifiers_said
from trocar.rules.rule import Evidence, Rule

OF_PRACTITIONERS = frozenset({"26", "53", "54", "55", "56", "62", "66", "80", "81", "82", "AS"})


def fires(batch: Batch) -> Bools:
    """A modifier of the practitioner's part."""
    return batch.line.lines.has_any(OF_PRACTITIONERS)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The modifiers of practitioners."""
    return {"wrong": modifiers_said(batch, lines, OF_PRACTITIONERS.__contains__)}


RULES = (
    Rule(
        id="MD031",
        name="practitioner-modifier-on-hospital-claim",
        subject="line",
        needs=(),
        authority=("hospital-modifiers",),
        severity=Severity.REVIEW,
        carc="4",
        message="the line carries {wrong}, which tells of a practitioner's part and is not a hospital's to report",
        remedy="Take {wrong} off line {line}, or bill it on the practitioner's claim; a stopped procedure is 73 or 74.",
        fires=fires,
        evidence=evidence,
        settings=("hospital",),
    ),
)
