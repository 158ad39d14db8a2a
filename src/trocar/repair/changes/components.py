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
# By PC/TC indicator (MPFS attachment A), the component that the code is already: a physician's service (0), a reading
# (2, and of a smear 8) or a technical component (3).
_SAYS_BY_ITSELF = {"0": "26", "2": "26", "8": "26", "3": "TC"}


def in_facility(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """PS001: the global service becomes 26; the technical component is the facility's and stays unbilled."""
    line = now.line_of(finding)
    facility_bills = unbilled(line, "the facility bills the technical component", ("component-in-facility",))
    if now.batch.line.professional_row[now.at[finding.claim_id, finding.line]] < 0:
        return Proposal(options=(Option(facility_bills, "the facility bills it"),), decide=finding.remedy)
    others = tuple(one for one in line.modifiers if one != "TC")
    if len(others) == MOST_MODIFIERS:
        return Proposal(decide=f"Line {line.line} has four modifiers; which of them makes room for 26?")
    held = (*documentation(line.hcpcs, frozenset({"26"}), line.service_date), _REPORT)
    why = f"at place of service {line.place_of_service} only the professional component is paid to a practitioner"
    professional = Change(KIND, edits(line, {"modifiers": ("26", *others)}), why, ("component-in-facility",), held)
    if "TC" not in line.modifiers:
        return Proposal((professional,))
    return Proposal((facility_bills,), (Option(professional, f"{_REPORT}, and no other line bills it"),))


def not_applicable(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """MD001: the code has no such row; it is billed as it stands where it is by itself what the modifier says."""
    line = now.line_of(finding)
    kept = tuple(one for one in line.modifiers if one not in PARTS)
    why = f"{line.hcpcs} has no professional or technical component"
    held = documentation(line.hcpcs, frozenset({"global"}), line.service_date)
    whole = Change(KIND, edits(line, {"modifiers": kept}), why, ("pctc",), held)
    said = {part for part in PARTS if part in line.modifiers}
    if said == {_SAYS_BY_ITSELF.get(str(finding.evidence["pctc"]))}:
        return Proposal((whole,))
    left_off = unbilled(line, f"a part of {line.hcpcs} alone is not billed with it", ("pctc",))
    return Proposal(
        options=(
            Option(whole, f"the record shows that this practitioner did all that {line.hcpcs} says"),
            Option(left_off, f"the record shows a part of {line.hcpcs} alone, which has a code of its own, or none"),
        ),
        decide=f"Which part of {line.hcpcs} did the practitioner of line {line.line} do, and which code says it?",
    )


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
