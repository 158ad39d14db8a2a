"""Access to a vein beside the procedure that needs it.

## Problem
A needle or cannula in a peripheral vein for contrast, sedation or drugs of a procedure is part of that procedure.

## Fix
Take the access off. If it was for something else, on another occasion of the day, set it apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC012",
        "vein-access-with-procedure",
        ("vein-access-integral",),
    ),
)
