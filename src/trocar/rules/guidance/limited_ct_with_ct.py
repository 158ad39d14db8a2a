"""A limited CT beside another CT of the encounter.

## Problem
76380 is a limited or follow-up CT. Beside any other CT, CT angiography or guidance by CT of one encounter it is
part of that.

## Fix
Take 76380 off. A second encounter of the day is said with XE.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "GD012",
        "limited-ct-with-ct",
        ("limited-ct-guidance",),
    ),
)
