"""Fluoroscopy beside an endoscopy.

## Problem
Fluoroscopy is part of every endoscopy, laparoscopy and arthroscopy; procedures through the urethra hold its needle
guidance too.

## Fix
Take the fluoroscopy off, or set it apart when it was for a procedure that is no endoscopy.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD015",
        "fluoroscopy-with-endoscopy",
        ("guidance-endoscopy", "guidance-fluoroscopy-integral"),
    ),
)
