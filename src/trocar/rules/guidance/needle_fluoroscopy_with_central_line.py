"""Needle guidance by fluoroscopy beside the fluoroscopy of a central line.

## Problem
77001 is the fluoroscopy of placing, replacing or removing a central venous device. 77002 beside it, without a
needle procedure that could need it, bills the same guidance again.

## Fix
Leave 77001. If the needle guidance was for another procedure of the day, bill that procedure and set 77002 apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD011",
        "needle-fluoroscopy-with-central-line",
        ("guidance-central-venous",),
    ),
)
