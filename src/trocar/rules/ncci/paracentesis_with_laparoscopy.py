"""Fluid of the belly beside a laparoscopy.

## Problem
Washing, filling and emptying the belly is part of any laparoscopy.

## Fix
Take the paracentesis off, unless it was at another encounter of the day.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC017",
        "paracentesis-with-laparoscopy",
        ("paracentesis-in-laparoscopy",),
    ),
)
