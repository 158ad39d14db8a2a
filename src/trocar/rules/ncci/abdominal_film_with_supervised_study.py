"""A plain film of the belly beside a supervised study of the belly.

## Problem
A study of the belly that is billed by its supervision and interpretation holds the plain films. No edit says so for
most pairs.

## Fix
Take the film off, or set it apart when it was for another question at another time.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "abdominal-film-with-supervised-study"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC011",
        name=NAME,
        subject="line",
        needs=(),
        authority=("abdominal-film-integral",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
