"""A biopsy beside the removal of the same organ or tissue.

## Problem
A biopsy is reported beside the removal only if its result decided to go on, or if it was of another lesion. To look
at margins, or with the result after the removal, it is part of it; a biopsy of the part of lung that is removed
always is. Many such pairs have no edit.

## Fix
Look for a pathology result before the removal, or for another lesion. Then set the biopsy apart (58 on the removal
for a staged operation, 59 or XS for another lesion); otherwise take it off.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC009",
        "biopsy-with-removal",
        ("biopsy-and-removal", "lung-biopsy-and-removal", "ptp-not-exhaustive"),
    ),
)
