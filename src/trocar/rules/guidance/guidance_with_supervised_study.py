"""Guidance or fluoroscopy beside a study of supervision and interpretation.

## Problem
A code of radiological supervision and interpretation holds all the imaging of its study. Fluoroscopy, ultrasound or
guidance of a needle beside it, with no other needle procedure on the day, is part of it. Joint contrast studies
stand in the table of included guidance.

## Fix
Take the guidance off. If it was for another procedure, bill that procedure and set the guidance apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD014",
        "guidance-with-supervised-study",
        ("guidance-and-fluoroscopy", "guidance-integral-contrast"),
    ),
)
