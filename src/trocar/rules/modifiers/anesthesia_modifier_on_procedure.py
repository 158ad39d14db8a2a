"""A modifier of anesthesia stands on a code that is not anesthesia.

## Problem
Modifiers such as AA, QK, QX, QZ, QS and P1 to P6 tell how anesthesia was given and how ill the patient was. They
belong to anesthesia codes (status J) and make any other code invalid.

## Fix
Who did the procedure takes the modifier off. Who gave the anesthesia bills it with its own code, and not the procedure.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import schedule_row
from trocar.rules.evidence import modifiers_said
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A modifier of anesthesia on a code whose status is not J."""
    anesthesia = batch.line.law.modifiers_with("anesthesia_only")
    return batch.line.lines.has_any(anesthesia) & batch.line.code_known & ~batch.line.indicator_is("status", "J")


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The modifiers of anesthesia."""
    anesthesia = batch.line.law.modifiers_with("anesthesia_only")
    return {"wrong": modifiers_said(batch, lines, lambda one: one in anesthesia)}


RULES = (
    Rule(
        id="MD009",
        name="anesthesia-modifier-on-procedure",
        subject="line",
        needs=("schedule",),
        authority=("anesthesia-modifiers",),
        severity=Severity.DENY,
        carc="4",
        message="the line carries {wrong}, which belongs to anesthesia codes; {hcpcs} is none",
        remedy="Take {wrong} off line {line} if this practitioner did {hcpcs}; anesthesia is billed with its own code.",
        fires=fires,
        evidence=evidence,
        cites=schedule_row,
    ),
)
