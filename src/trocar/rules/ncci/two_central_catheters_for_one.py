"""A central line beside a flow directed catheter.

## Problem
For the placing of one catheter one code is reported, that of the catheter which was left in place.

## Fix
If two catheters went in, set one apart; if one was changed for the other, leave the last.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC021",
        "two-central-catheters-for-one",
        ("one-central-catheter",),
    ),
)
