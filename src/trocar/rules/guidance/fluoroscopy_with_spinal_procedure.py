"""General fluoroscopy beside a procedure of the spine.

## Problem
Procedures of the spine hold general fluoroscopy, or have a guidance code of their own. 76000 beside them is not
reported unless an instruction of the code says so.

## Fix
Take 76000 off. Where the code of the procedure does not include guidance, look whether 77003 or 77002 is the right
one.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD016",
        "fluoroscopy-with-spinal-procedure",
        ("guidance-fluoroscopy-integral",),
    ),
)
