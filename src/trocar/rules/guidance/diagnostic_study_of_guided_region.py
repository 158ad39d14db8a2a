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

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD009",
        "diagnostic-study-of-guided-region",
        ("guidance-diagnostic-imaging", "ptp-not-exhaustive"),
    ),
)
