"""Bill the component that the place of service and the code allow: add 26, or take 26 or TC off."""

from __future__ import annotations

from trocar.claims.model import MOST_MODIFIERS
from trocar.core.finding import Finding
from trocar.repair.change import Change, Option, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.changes.unbilled import unbilled
from trocar.repair.evidence import documentation
from trocar.repair.judge import Judged

KIND = "component"
PARTS = ("26", "TC")
_REPORT = "a written, signed report of the interpretation by the practitioner who bills"


def in_facility(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """PS001: the global service becomes 26; the technical component is the facility's and stays unbilled."""
    line = now.line_of(finding)
    others = tuple(one for one in line.modifiers if one != "TC")
    if len(others) == MOST_MODIFIERS:
        return Proposal(decide=f"Line {line.line} has four modifiers; which of them makes room for 26?")
    held = (*documentation(line.hcpcs, frozenset({"26"}), line.service_date), _REPORT)
    why = f"at place of service {line.place_of_service} only the professional component is paid to a practitioner"
    professional = Change(KIND, edits(line, {"modifiers": ("26", *others)}), why, ("component-in-facility",), held)
    if "TC" not in line.modifiers:
        return Proposal((professional,))
    facility_bills = unbilled(line, "the facility bills the technical component", ("component-in-facility",))
    return Proposal((facility_bills,), (Option(professional, f"{_REPORT}, and no other line bills it"),))


def not_applicable(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """MD001: the code has no rows for components; it is billed as it stands."""
    line = now.line_of(finding)
    kept = tuple(one for one in line.modifiers if one not in PARTS)
    why = f"{line.hcpcs} has no professional or technical component"
    held = documentation(line.hcpcs, frozenset({"global"}), line.service_date)
    return Proposal((Change(KIND, edits(line, {"modifiers": kept}), why, ("pctc",), held),))


def both_components(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """MD002: 26 and TC on one line state the whole service; in a facility only 26 of it is the practitioner's."""
    line = now.line_of(finding)
    facility = bool(now.batch.line.is_facility[now.at[finding.claim_id, finding.line]])
    off = ("TC",) if facility else PARTS
    kept = tuple(one for one in line.modifiers if one not in off)
    why = "both components on one line are the whole service"
    if facility:
        why = f"at place of service {line.place_of_service} the facility bills the technical component"
    held = documentation(line.hcpcs, frozenset({"26", *(() if facility else ("TC", "global"))}), line.service_date)
    return Proposal((Change(KIND, edits(line, {"modifiers": kept}), why, ("pctc", "component-in-facility"), held),))


PROPOSERS = (
    Proposer(("PS001",), in_facility),
    Proposer(("MD001",), not_applicable),
    Proposer(("MD002",), both_components),
)
