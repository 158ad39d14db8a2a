"""Imaging guidance is billed under a specialty that seldom does it.

## Problem
The taxonomy is a valid one, but its holders do not usually bill imaging guidance. The list of those who do is drawn
up by this project, not by a payer: it may be right that this practitioner did it.

## Fix
Check that the rendering practitioner and the taxonomy are those of the person who did the guidance and signed its
report.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.cites import taxonomy_line
from trocar.rules.rule import Evidence, Rule


def fires(batch: Batch) -> Bools:
    """A guidance code under a taxonomy that is not on the list."""
    return batch.guidance.is_guidance & batch.taxonomy.unusual_for_guidance


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The taxonomy as written."""
    return {"taxonomy": batch.taxonomy.texts.of_lines(lines)}


RULES = (
    Rule(
        id="ID003",
        name="taxonomy-unusual-for-guidance",
        subject="line",
        needs=("taxonomy",),
        authority=("taxonomy-codes",),
        severity=Severity.REVIEW,
        carc="8",
        message="{hcpcs} is imaging guidance, seldom billed under taxonomy {taxonomy}",
        remedy="Check who did the guidance on line {line} and signed its report.",
        fires=fires,
        evidence=evidence,
        cites=taxonomy_line,
        settings=("practitioner",),
    ),
)
