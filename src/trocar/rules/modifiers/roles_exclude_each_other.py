"""One line says two roles, or two parts of the global package, that exclude each other.

## Problem
80, 81 and 82 say that a physician assisted, AS that a practitioner did, 62 that two surgeons shared the operation: one
line is one of them. 54, 55 and 78 each say that the line is one part of the global package alone.

## Fix
Leave the modifier that fits the record. Parts of the care that the practitioner gave are lines of their own; who
operated and gave all care after it bills the code without 54 and 55.
"""

from __future__ import annotations

import numpy as np

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule

ROLES = ("80", "81", "82", "AS", "62", "66")
PARTS = ("54", "55", "78")


def fires(batch: Batch) -> Bools:
    """More than one role, or more than one part."""
    lines = batch.line.lines
    roles, parts = (np.sum([lines.has(one) for one in some], axis=0) for some in (ROLES, PARTS))
    return np.asarray((roles > 1) | (parts > 1))


RULES = (
    Rule(
        id="MD032",
        name="roles-exclude-each-other",
        subject="line",
        needs=(),
        authority=("assistant-percentages", "co-surgeons", "split-care", "return-to-theatre-payment"),
        severity=Severity.REVIEW,
        carc="4",
        message="{hcpcs} carries modifiers {modifiers}: two roles, or two parts of the care, on one line",
        remedy="Leave on line {line} the one that the record supports; another part of the care is a line of its own.",
        fires=fires,
    ),
)
