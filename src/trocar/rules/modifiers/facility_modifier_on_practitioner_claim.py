"""A modifier of hospitals and surgery centres stands on a claim of a practitioner.

## Problem
Modifiers such as 73, 74, PN, PO and CA tell how a facility's outpatient procedure went or where its department lies.
A practitioner's claim with one is invalid.

## Fix
Take the modifier off. A practitioner says with 53 that a procedure was begun and stopped, with 52 that it was reduced,
and with the place of service where it was done. A procedure that was never begun is not billed.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import modifiers_said
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A modifier that only facilities use."""
    return batch.line.has_effect("facility_only")


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The modifiers of facilities."""
    facility = batch.line.law.modifiers_with("facility_only")
    return {"wrong": modifiers_said(batch, lines, lambda one: one in facility)}


RULES = (
    Rule(
        id="MD010",
        name="facility-modifier-on-practitioner-claim",
        subject="line",
        needs=(),
        authority=("facility-modifiers",),
        severity=Severity.DENY,
        carc="4",
        message="the line carries {wrong}, which only hospitals and surgery centres use",
        remedy=(
            "Take {wrong} off line {line}; a procedure that was begun and stopped has 53 in place of 73 or 74, one "
            "never begun is not billed."
        ),
        fires=fires,
        evidence=evidence,
    ),
)
