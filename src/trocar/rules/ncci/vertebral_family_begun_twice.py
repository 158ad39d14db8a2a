"""Two first codes of one family of vertebrae.

## Problem
Of 22510 to 22512, and of 22513 to 22515, one first code is reported and the further code for every other level,
whether the levels touch or not.

## Fix
Leave the first code of the region where the first level was, and bill the others with 22512 or 22515.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "vertebral-family-begun-twice"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC026",
        name=NAME,
        subject="line",
        needs=(),
        authority=("spine-family",),
        severity=Severity.DENY,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Bill line {line} with the code of the further level.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
