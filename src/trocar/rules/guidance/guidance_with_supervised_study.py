"""Guidance or fluoroscopy beside a study of supervision and interpretation.

## Problem
A code of radiological supervision and interpretation holds all the imaging of its study. Fluoroscopy, ultrasound or
guidance of a needle beside it, with no other needle procedure on the day, is part of it. Joint contrast studies
stand in the table of included guidance.

## Fix
Take the guidance off. If it was for another procedure, bill that procedure and set the guidance apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "guidance-with-supervised-study"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD014",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-and-fluoroscopy", "guidance-integral-contrast"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
