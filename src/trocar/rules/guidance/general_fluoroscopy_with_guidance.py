"""General fluoroscopy beside guidance by fluoroscopy.

## Problem
Guidance by fluoroscopy (77001 to 77003) holds all the fluoroscopy that its procedure needs. 76000 beside it bills
the same screen time twice.

## Fix
Take 76000 off. For another procedure of the day that needs fluoroscopy and does not include it, set 76000 apart
with the NCCI modifier that the record supports.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD010",
        "general-fluoroscopy-with-guidance",
        ("guidance-and-fluoroscopy", "guidance-central-venous"),
    ),
)
