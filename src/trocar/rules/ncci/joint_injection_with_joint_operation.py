"""A needle in a joint beside an operation on such a joint.

## Problem
Aspiration or injection is part of an open or arthroscopic operation on the same joint. The codes do not say which
joint; nothing on the claim says that there were two.

## Fix
Look which joint the needle was in. For another joint add the side, or 59 or XS; for the same one take the injection
off.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "joint-injection-with-joint-operation"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC018",
        name=NAME,
        subject="line",
        needs=(),
        authority=("arthrocentesis-with-joint-surgery",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
