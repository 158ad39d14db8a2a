"""A scan and an angiography of one region on one day.

## Problem
From one technical study either the scan or the angiography is reported. Both need two technical studies or two
encounters, which is seldom needed.

## Fix
Look for two acquisitions, each with its order. If there were, set one apart with 59; otherwise leave one.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC023",
        "angiography-with-scan-of-region",
        ("scan-and-angiography",),
    ),
)
