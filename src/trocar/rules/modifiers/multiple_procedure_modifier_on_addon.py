"""Modifier 51 stands on a code that multiple procedure rules leave alone.

## Problem
Modifier 51 says that the line is one of several procedures. Add-on codes, and every code with multiple procedure
indicator 0 (all imaging guidance among them), are neither ranked nor reduced, so that 51 says nothing and may lead a
payer to a reduction that is not due.

## Fix
Take 51 off the line. Medicare contractors rank by themselves and need it on no line.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import schedule_row
from trocar.rules.indicators import indicators
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """51 with multiple procedure indicator 0, or inside the global period of another service."""
    never_ranked = batch.line.indicator_is("multiple_procedure", "0") | batch.line.global_days_are(b"ZZZ")
    return batch.line.lines.has("51") & never_ranked


RULES = (
    Rule(
        id="MD011",
        name="multiple-procedure-modifier-on-addon",
        subject="line",
        needs=("schedule",),
        authority=("multiple-procedures", "modifier-list"),
        severity=Severity.INFO,
        carc="4",
        message="modifier 51 does not apply to {hcpcs}: multiple procedure indicator {multiple_procedure}",
        remedy="Take 51 off line {line}.",
        fires=fires,
        evidence=indicators("multiple_procedure"),
        cites=schedule_row,
        at_risk=False,
    ),
)
