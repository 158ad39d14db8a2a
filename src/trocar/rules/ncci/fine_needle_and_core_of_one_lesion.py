"""Fine needle aspiration and another biopsy on one day.

## Problem
Of one lesion either the fine needle aspiration or the other biopsy is reported. The claim has both, nothing says
that there were two lesions, and no edit ties the two.

## Fix
Look in the report for two lesions. If there were, set one apart with 59 or XS; if not, leave the procedure that
gave the diagnosis.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "fine-needle-and-core-of-one-lesion"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC008",
        name=NAME,
        subject="line",
        needs=(),
        authority=("fna-and-biopsy",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} and {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
