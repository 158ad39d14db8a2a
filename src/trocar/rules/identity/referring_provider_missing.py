"""A diagnostic study that nobody ordered.

## Problem
The claim says that nobody ordered or referred, and the line is a diagnostic imaging study. Medicare returns it
until who ordered it is named.

## Fix
Name the ordering provider, a person with an enrolled number.
"""

from __future__ import annotations

from trocar.claims.model import NOBODY
from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def is_study(code: str) -> bool:
    """Diagnostic radiology and ultrasound (70010 to 76499, 76506 to 76886); screening needs no order."""
    return "70010" <= code <= "76499" or "76506" <= code <= "76886"


def fires(batch: Batch) -> Bools:
    """NONE as referring provider, and a code of a diagnostic study."""
    lines = batch.line.lines
    nobody = lines.texts("referring_npi").is_in({NOBODY})
    guidance = batch.guidance.is_guidance
    return nobody & lines.hcpcs.map(is_study, bool) & ~guidance


RULES = (
    Rule(
        id="ID004",
        name="referring-provider-missing",
        subject="line",
        needs=(),
        authority=("ordering-provider",),
        severity=Severity.REVIEW,
        carc="16",
        message="{hcpcs} is a diagnostic study, and the claim names nobody who ordered it",
        remedy="Name the ordering provider of line {line}.",
        fires=fires,
    ),
)
