"""The line carries a modifier that Trocar has no rule for.

## Problem
The modifier is not in the table of modifiers. It may be a slip of the pen, a modifier of another payer, or one that
is missing here; it is not treated as one without effect, so that the line is not priced.

## Fix
Check the modifier against the list in force. If it is right, take it as a gap of the table and tell the project.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import modifiers_said
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A modifier that the law table does not have."""
    return batch.line.modifier_unknown


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The unknown modifiers."""
    known = batch.line.law.modifiers
    return {"unknown": modifiers_said(batch, lines, lambda one: one not in known)}


RULES = (
    Rule(
        id="MD014",
        name="modifier-unknown",
        subject="line",
        needs=(),
        authority=("modifier-list",),
        severity=Severity.REVIEW,
        carc="182",
        message="modifier {unknown} is not in the table of modifiers",
        remedy="Check {unknown} on line {line}: it may be mistyped, or not a modifier of Medicare.",
        fires=fires,
        evidence=evidence,
    ),
)
