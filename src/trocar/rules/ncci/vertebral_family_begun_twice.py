"""Two first codes of one family of vertebrae.

## Problem
Of 22510 to 22512, and of 22513 to 22515, one first code is reported and the further code for every other level,
whether the levels touch or not.

## Fix
Leave the first code of the region where the first level was, and bill the others with 22512 or 22515.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.rules.statement import statement

RULES = (
    statement(
        "NC026",
        "vertebral-family-begun-twice",
        ("spine-family",),
        severity=Severity.DENY,
        remedy="Bill line {line} with the code of the further level.",
    ),
)
