"""A chest film beside the placing of a line or tube.

## Problem
A film of the chest that shows where a central line, a chest tube or an airway tube lies, or that the lung is up,
belongs to the placing, for whoever placed it.

## Fix
Take the film off. A film for another reason, with its own order and report, is set apart.
"""

from __future__ import annotations

from datetime import date

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.rules.evidence import stated
from trocar.rules.rule import Rule

NAME = "chest-film-after-line-or-tube"


def fires(batch: Batch) -> Bools:
    """The statements of this rule in ``reference/params/stated_pairs.toml``."""
    return batch.stated.of(NAME)


RULES = (
    Rule(
        id="NC010",
        name=NAME,
        subject="line",
        needs=(),
        authority=("chest-film-integral",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: {words}",
        remedy="Take line {line} off, or show in the report what sets it apart from line {beside_line}.",
        fires=fires,
        evidence=stated(NAME),
        first=date(2026, 1, 1),
    ),
)
