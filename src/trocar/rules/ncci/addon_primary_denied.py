"""An add-on code stands beside its primary, but the primary itself is denied.

## Problem
An add-on code, image guidance included, is paid only when one of its primaries is paid. Every primary on the claim for
that day is denied, by the payer already or by another finding here.

## Fix
Mend the primary line first: the add-on follows it. If the primary stays denied, take the add-on off as well.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.cites import primary_rows
from trocar.rules.evidence import primaries
from trocar.rules.rule import Rule


def fires(batch: Batch) -> Bools:
    """Every primary of the add-on is denied."""
    return batch.addon.only_denied_primaries(batch.line.denied)


RULES = (
    Rule(
        id="NC006",
        name="addon-primary-denied",
        subject="line",
        needs=("addon",),
        authority=("addon-codes", "addon-types"),
        severity=Severity.DENY,
        carc="B15",
        message="{hcpcs} is an add-on code and its primary is denied: {primaries}",
        remedy="Mend the primary first ({primaries}); without it line {line} is not paid.",
        fires=fires,
        evidence=primaries,
        cites=primary_rows,
        stage=2,
    ),
)
