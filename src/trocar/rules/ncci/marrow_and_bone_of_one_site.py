"""Marrow aspirate, marrow core or bone biopsy of one site by two codes.

## Problem
Aspirate and core of one bone are 38222. A bone biopsy and a marrow core are both reported for two specimens alone.

## Fix
Look which bones were entered. For one, bill the one code; for two, add 59 or XS.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "marrow-and-bone-of-one-site"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC020",
        name=NAME,
        subject="line",
        needs=(),
        authority=("marrow-one-site",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
