"""Views or regions that one code describes together.

## Problem
Several codes say what one code says: all views, both regions, the whole organ system. The parts are not reported
for it.

## Fix
Bill the code that describes the whole; what it is stands in the message. Two studies of different matters are set
apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC022",
        "parts-of-one-study",
        ("parts-of-one-study", "whole-service-code"),
    ),
)
