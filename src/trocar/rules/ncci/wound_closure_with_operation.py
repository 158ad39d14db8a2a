"""A repair of skin beside an operation.

## Problem
The closure of the own incision is part of any operation of a global period. Repair codes (12001 to 13153) beside it
are for another wound; after Mohs surgery and some excisions of skin, which have their own rules, they are left
aside here.

## Fix
If another wound was closed set it apart with 59 or XS; otherwise take the repair off.
"""

from __future__ import annotations

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.evidence import neighbours_of
from trocar.rules.rule import Evidence, Rule


def of_skin(code: str) -> bool:
    """Excision of lesions of the skin (11400 to 11646) and Mohs surgery (17311 to 17315)."""
    return "11400" <= code <= "11646" or "17311" <= code <= "17315"


def tied(batch: Batch) -> Indices:
    """Pairs of a repair and a procedure of a global period."""
    repair = batch.line.lines.hcpcs.map(lambda code: "12001" <= code <= "13153", bool)
    return batch.same_day.pairs_with_period(repair, b"000", b"010", b"090", b"MMM")


def fires(batch: Batch) -> Bools:
    """A repair beside a procedure of a global period, untied by an edit, no excision of skin on the day."""
    tied_lines = batch.same_day.any_of(tied(batch))
    skin = batch.line.lines.hcpcs.map(of_skin, bool)
    return tied_lines & ~batch.same_day.has_companion(skin)


def evidence(batch: Batch, lines: Indices) -> Evidence:
    """The first procedure beside the repair."""
    return neighbours_of(batch, tied(batch), lines)


RULES = (
    Rule(
        id="NC016",
        name="wound-closure-with-operation",
        subject="line",
        needs=("schedule",),
        authority=("wound-closure",),
        severity=Severity.REVIEW,
        carc="97",
        message="{hcpcs} beside {beside} on line {beside_line}: the closure of the incision is in the operation",
        remedy="Take line {line} off, or show the other wound.",
        fires=fires,
        evidence=evidence,
    ),
)
