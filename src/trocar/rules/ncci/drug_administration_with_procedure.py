"""Giving drugs beside the procedure they are for.

## Problem
Contrast, sedation, local anesthesia, antibiotics and fluids given for a procedure are part of it. 96360 to 96379
beside it are for unrelated drugs, outside a facility.

## Fix
Take the administration off. If the drug had nothing to do with the procedure, say so in the record and set it
apart.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC013",
        "drug-administration-with-procedure",
        ("drug-administration-by-operator", "vein-access-integral"),
    ),
)
