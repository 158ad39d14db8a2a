"""Marrow aspirate, marrow core or bone biopsy of one site by two codes.

## Problem
Aspirate and core of one bone are 38222. A bone biopsy and a marrow core are both reported for two specimens alone.

## Fix
Look which bones were entered. For one, bill the one code; for two, add 59 or XS.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC020",
        "marrow-and-bone-of-one-site",
        ("marrow-one-site",),
    ),
)
