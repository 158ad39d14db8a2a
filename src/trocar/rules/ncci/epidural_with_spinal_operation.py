"""An epidural injection beside a larger procedure of the spine.

## Problem
The injection is part of the larger procedure, or treats the pain that it causes; both are in its package.

## Fix
Take the injection off, unless it was at another encounter for another matter.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC019",
        "epidural-with-spinal-operation",
        ("epidural-with-spinal-procedure",),
    ),
)
