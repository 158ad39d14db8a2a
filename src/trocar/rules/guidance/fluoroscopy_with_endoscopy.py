"""Fluoroscopy beside an endoscopy.

## Problem
Fluoroscopy is part of every endoscopy, laparoscopy and arthroscopy; procedures through the urethra hold its needle
guidance too.

## Fix
Take the fluoroscopy off, or set it apart when it was for a procedure that is no endoscopy.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "fluoroscopy-with-endoscopy"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD015",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-endoscopy", "guidance-fluoroscopy-integral"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
