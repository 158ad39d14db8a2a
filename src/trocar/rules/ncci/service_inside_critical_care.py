"""A service that critical care includes.

## Problem
Critical care of a practitioner holds reading films of the chest, vein access, blood gases, gastric tubes and the
ventilator.

## Fix
Take the line off, unless the service was outside the time of critical care and for another matter.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC024",
        "service-inside-critical-care",
        ("critical-care-includes",),
    ),
)
