"""Intraoperative ultrasound in a coronary bypass without a word on what for.

## Problem
In a bypass with veins 76998 is reported for ultrasound of the aorta alone, and 59 or XS says so. Ultrasound to take
the vein is part of the bypass.

## Fix
If the report describes ultrasound of the aorta, add 59 or XS; otherwise take 76998 off.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD017",
        "ultrasound-for-vein-graft",
        ("coronary-bypass-ultrasound",),
    ),
)
