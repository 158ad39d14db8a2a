"""A needle in a joint beside an operation on such a joint.

## Problem
Aspiration or injection is part of an open or arthroscopic operation on the same joint. The codes do not say which
joint; nothing on the claim says that there were two.

## Fix
Look which joint the needle was in. For another joint add the side, or 59 or XS; for the same one take the injection
off.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC018",
        "joint-injection-with-joint-operation",
        ("arthrocentesis-with-joint-surgery",),
    ),
)
