"""A visit beside the management of the discharge.

## Problem
99238 and 99239 hold everything the physician did for the patient on the day of discharge.

## Fix
Take the other visit off. Admission and discharge on one day are 99234 to 99236.
"""

from __future__ import annotations

from trocar.rules.statement import statement

RULES = (
    statement(
        "NC025",
        "visit-on-discharge-day",
        ("discharge-day",),
    ),
)
