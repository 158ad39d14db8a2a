"""A diagnostic study of the region in which the same modality led the needle.

## Problem
The claim has a study (ultrasound, CT or MR), guidance of a needle by the same modality, and a needle procedure in
the same region. The manual lets both be reported for different regions alone: what is seen while the needle is led
is no study, and the edit tables do not hold every such pair.

## Fix
Look in the record for a study of its own: another region, or an order, images and a report made before the decision
to enter a needle. Without them take the study off.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "diagnostic-study-of-guided-region"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="GD009",
        name=NAME,
        subject="line",
        needs=(),
        authority=("guidance-diagnostic-imaging", "ptp-not-exhaustive"),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
