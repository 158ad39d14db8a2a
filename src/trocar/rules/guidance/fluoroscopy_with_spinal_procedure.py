"""General fluoroscopy beside a procedure of the spine.

## Problem
Procedures of the spine hold general fluoroscopy, or have a guidance code of their own. 76000 beside them is not
reported unless an instruction of the code says so.

## Fix
Take 76000 off. Where the code of the procedure does not include guidance, look whether 77003 or 77002 is the right
one.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "fluoroscopy-with-spinal-procedure"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD016",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-fluoroscopy-integral",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
