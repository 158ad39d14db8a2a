"""Giving drugs beside the procedure they are for.

## Problem
Contrast, sedation, local anesthesia, antibiotics and fluids given for a procedure are part of it. 96360 to 96379
beside it are for unrelated drugs, outside a facility.

## Fix
Take the administration off. If the drug had nothing to do with the procedure, say so in the record and set it
apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "drug-administration-with-procedure"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC013",
        name=NAME,
        subject="line",
        needs=(),
        authority=("drug-administration-by-operator", "vein-access-integral"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
