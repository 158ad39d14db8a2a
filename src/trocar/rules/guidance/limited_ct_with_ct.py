"""A limited CT beside another CT of the encounter.

## Problem
76380 is a limited or follow-up CT. Beside any other CT, CT angiography or guidance by CT of one encounter it is
part of that.

## Fix
Take 76380 off. A second encounter of the day is said with XE.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "limited-ct-with-ct"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD012",
        name=NAME,
        subject="line",
        needs=(),
        authority=("limited-ct-guidance",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
