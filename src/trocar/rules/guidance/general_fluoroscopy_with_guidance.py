"""General fluoroscopy beside guidance by fluoroscopy.

## Problem
Guidance by fluoroscopy (77001 to 77003) holds all the fluoroscopy that its procedure needs. 76000 beside it bills
the same screen time twice.

## Fix
Take 76000 off. For another procedure of the day that needs fluoroscopy and does not include it, set 76000 apart
with the NCCI modifier that the record supports.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "general-fluoroscopy-with-guidance"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD010",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-and-fluoroscopy", "guidance-central-venous"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
