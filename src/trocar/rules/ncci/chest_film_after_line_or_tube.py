"""A chest film beside the placing of a line or tube.

## Problem
A film of the chest that shows where a central line, a chest tube or an airway tube lies, or that the lung is up,
belongs to the placing, for whoever placed it.

## Fix
Take the film off. A film for another reason, with its own order and report, is set apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC010",
        "chest-film-after-line-or-tube",
        ("chest-film-integral",),
    ),
)
