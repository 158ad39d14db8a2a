"""A mammogram after a breast procedure that mammography led.

## Problem
Guidance by mammography holds every mammogram of the procedure, the last one that shows the clip or wire included.
The edits do not hold every pair.

## Fix
Take the mammogram off. A mammogram of the other breast, or of another encounter, is set apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD018",
        "mammogram-after-guided-breast-procedure",
        ("guidance-breast",),
    ),
)
