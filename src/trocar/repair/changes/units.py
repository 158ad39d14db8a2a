"""Correct the units: to the limit of the line or day, to one unit of guidance an encounter, to one unit with 50."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trocar.claims.model import MOST_MODIFIERS, ClaimLine
from trocar.core.finding import Finding
from trocar.repair.change import Change, Edit, Option, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.changes.unbilled import NOT_BILLED, unbilled
from trocar.repair.evidence import documentation
from trocar.repair.judge import Judged
from trocar.rules.registry import rules_named

KIND = "units"
SIDES = frozenset({"RT", "LT"})
BOTH_SIDES = "50"
_BILATERAL_AT_150_PERCENT = ord("1")
_ENCOUNTER = ("guidance-one-unit",)


def _said(line: ClaimLine) -> tuple[str, ...]:
    return documentation(line.hcpcs, frozenset({"units"}), line.service_date)


def _may_be_bilateral(now: Judged, line: ClaimLine) -> bool:
    """The code is paid at 150 percent when both sides are done, on a practitioner's claim (manual, sheets 46, 47)."""
    indicator = now.batch.line.indicator("bilateral")[now.at[line.claim_id, line.line]]
    return line.setting in (None, "practitioner") and indicator == _BILATERAL_AT_150_PERCENT


def over_line(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """UN001: the units of the line come down to its limit."""
    return _to_limit(now, finding, [now.line_of(finding)])


def over_day(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """UN002, UN003: right and left become one line with 50; else the day's units come down to the limit."""
    lines = _of_the_day(now, now.line_of(finding))
    both = _both_sides(now, lines)
    return Proposal((both,)) if both else _to_limit(now, finding, lines)


def _of_the_day(now: Judged, line: ClaimLine) -> list[ClaimLine]:
    """The lines whose units the engine counts together with a line's (``engine.day``), in order."""
    component = now.batch.line.component

    def part(one: ClaimLine) -> int:
        return int(component[now.at[one.claim_id, one.line]])

    return [
        other
        for other in now.same_day(line)
        if other.hcpcs == line.hcpcs
        and part(other) == part(line)
        and (None in (other.rendering_npi, line.rendering_npi) or other.rendering_npi == line.rendering_npi)
    ]


def _both_sides(now: Judged, lines: Sequence[ClaimLine]) -> Change | None:
    """One right and one left line of a unit each, as one unit with 50 that holds the charge of both."""
    if len(lines) != 2 or any((line.units or 1) != 1 for line in lines) or not _may_be_bilateral(now, lines[0]):
        return None
    first, second = lines
    sides = [SIDES.intersection(line.modifiers) for line in lines]
    if {frozenset(side) for side in sides} != {frozenset({"RT"}), frozenset({"LT"})}:
        return None
    others = tuple(one for one in first.modifiers if one not in SIDES)
    charges = [line.charge for line in lines]
    charge = None if None in charges else sum((one for one in charges if one is not None), Decimal(0))
    changed = edits(first, {"modifiers": (BOTH_SIDES, *others), "charge": charge}) + edits(second, NOT_BILLED)
    why = "both sides of one code are one unit with 50"
    return Change("both-sides", changed, why, ("mue-bilateral", "bilateral"), _said(first))


def _to_limit(now: Judged, finding: Finding, lines: Sequence[ClaimLine]) -> Proposal:
    (rule, _), *_ = rules_named(finding.rule)
    left = limit = int(finding.evidence["limit"])
    if not limit:
        decide = f"The limit of {lines[0].hcpcs} is no unit at all on the day: which code says what was done?"
        return Proposal(decide=decide)
    changed: list[Edit] = []
    for line in lines:
        keep = min(line.units or 1, left)
        left -= keep
        changed += edits(line, {"units": keep} if keep else NOT_BILLED) if keep != (line.units or 1) else ()
    why = f"the limit of {lines[0].hcpcs} is {limit}; if more units are true, keep the record for an appeal"
    change = Change(KIND, tuple(changed), why, rule.authority, _said(lines[0]))
    return Proposal((change,), _bilateral_option(now, lines))


def _bilateral_option(now: Judged, lines: Sequence[ClaimLine]) -> tuple[Option, ...]:
    """Two units on one line without a side may be the two sides: a fact that the claim doesn't hold."""
    (line, *more) = lines
    taken = {BOTH_SIDES, *SIDES}.intersection(line.modifiers)
    if more or line.units != 2 or taken or len(line.modifiers) == MOST_MODIFIERS or not _may_be_bilateral(now, line):
        return ()
    changed = edits(line, {"units": 1, "modifiers": (BOTH_SIDES, *line.modifiers)})
    why = "both sides of one code are one unit with 50"
    change = Change("both-sides", changed, why, ("mue-bilateral", "bilateral"), _said(line))
    return (Option(change, f"the record shows {line.hcpcs} on the right and on the left side"),)


def one_guidance(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """GD002: one unit of needle guidance an encounter; XE only where the record shows an encounter of its own."""
    line = now.line_of(finding)
    why = "one unit of needle guidance is paid at one encounter, whatever the modality"
    held = documentation(line.hcpcs, frozenset({"26", "global"}), line.service_date)
    if now.batch.encounter.units_before[now.at[finding.claim_id, finding.line]]:
        change = unbilled(line, why, _ENCOUNTER)
    else:
        change = Change(KIND, edits(line, {"units": 1}), why, _ENCOUNTER, held)
    if len(line.modifiers) == MOST_MODIFIERS or (line.units or 1) > 1:
        return Proposal((change,))
    changed = edits(line, {"modifiers": (*line.modifiers, "XE")})
    apart = Change("separate-service", changed, "XE says an encounter of its own", _ENCOUNTER, _said(line))
    fact = "the record shows an encounter of its own that day, with its time and its own guidance"
    return Proposal((change,), (Option(apart, fact),))


PROPOSERS = (
    Proposer(("UN001",), over_line),
    Proposer(("UN002", "UN003"), over_day),
    Proposer(("GD002",), one_guidance),
)
