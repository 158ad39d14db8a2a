"""A three-dimensional rendering that can only map needles.

## Problem
76376 and 76377 stand beside the guidance of a needle, and no imaging study of the day could have been rendered. A
map of the places where needles went is not reported.

## Fix
Take the rendering off. If a study was rendered, bill the study on the same claim, with its own report.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD013",
        "rendering-for-needle-map",
        ("guidance-mapping",),
    ),
)
