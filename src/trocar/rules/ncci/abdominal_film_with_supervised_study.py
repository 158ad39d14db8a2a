"""A plain film of the belly beside a supervised study of the belly.

## Problem
A study of the belly that is billed by its supervision and interpretation holds the plain films. No edit says so for
most pairs.

## Fix
Take the film off, or set it apart when it was for another question at another time.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC011",
        "abdominal-film-with-supervised-study",
        ("abdominal-film-integral",),
    ),
)
