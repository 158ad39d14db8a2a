"""One claim holds lines of more than one setting.

## Problem
Some lines of the claim are a practitioner's, others a hospital's or a surgery centre's. They belong on different
claim forms and are edited by different tables; together they hide each other's edits.

## Fix
Split the claim: one for the practitioner, one for the facility. If a setting was only mistyped, correct it.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Lines of two settings on one claim."""
    return batch.claim.mixes_settings


RULES = (
    Rule(
        id="PS005",
        name="settings-mixed-in-claim",
        subject="claim",
        needs=(),
        authority=("opps-packaging",),
        severity=Severity.REVIEW,
        carc="16",
        message="the claim holds lines of more than one setting",
        remedy="Put the lines of each setting on a claim of their own.",
        fires=fires,
        settings=("practitioner", "hospital", "asc"),
        at_risk=False,
    ),
)
