"""Modifiers that can't stand on the line: off where that bills what the line says, else a question with its facts."""

from __future__ import annotations

from dataclasses import dataclass

from trocar.claims.model import ClaimLine
from trocar.core.finding import Finding
from trocar.repair.change import Change, Option, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.changes.unbilled import unbilled
from trocar.repair.judge import Judged
from trocar.rules.registry import rules_named

KIND = "modifier-off"
STOPPED = ("73", "74")


@dataclass(frozen=True)
class _Role:
    """What tells whether a practitioner did what the code says: the fact if so, the fact if not, and the question."""

    did: str
    did_not: str
    why_not: str
    decide: str


_SURGEON = _Role(
    "the operative report names this practitioner as the surgeon",
    "the operative report names another practitioner as the surgeon, who bills the procedure",
    "{of} are not paid for the code",
    "Is the practitioner of line {line} the surgeon who bills {hcpcs}?",
)
_CARE = _Role(
    "the operative report names this practitioner as the one who did {hcpcs}",
    "this practitioner gave the care before or after {hcpcs} alone, which is billed as visits",
    "care beside a code without a global period is billed as visits",
    "Did the practitioner of line {line} do {hcpcs}, or give the care before or after it?",
)
_ANESTHESIA = _Role(
    "the record shows that this practitioner did {hcpcs}",
    "this practitioner gave the anesthesia, which has codes of its own",
    "anesthesia is billed with its own codes",
    "Did the practitioner of line {line} do {hcpcs}, or give the anesthesia for it?",
)
_ROLES = {"MD006": _SURGEON, "MD008": _SURGEON, "MD009": _ANESTHESIA, "MD012": _CARE}
_OF = {"MD006": "co-surgeons", "MD008": "surgical teams"}
_WRONG = {"MD006": ("62",), "MD008": ("66",), "MD012": ("54", "55", "56")}


def _authority(finding: Finding) -> tuple[str, ...]:
    (rule, _), *_ = rules_named(finding.rule)
    return rule.authority


def _wrong(finding: Finding) -> tuple[str, ...]:
    return _WRONG.get(finding.rule) or tuple(str(finding.evidence["wrong"]).split())


def _taken_off(line: ClaimLine, finding: Finding, put: tuple[str, ...] = ()) -> Change:
    """The modifiers that the finding names go; ``put`` stands in the place of the first."""
    wrong = _wrong(finding)
    kept = tuple(one for one in line.modifiers if one not in (*wrong, *put))
    return Change(KIND, edits(line, {"modifiers": (*put, *kept)}), finding.message, _authority(finding))


def who_did_it(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """MD006, MD008, MD009, MD012: who did what the code says is a fact that the claim doesn't hold."""
    line, role = now.line_of(finding), _ROLES[finding.rule]
    if finding.rule == "MD012" and "54" in line.modifiers:  # surgical care: the practitioner operated
        return Proposal((_taken_off(line, finding),))
    named = {"line": line.line, "hcpcs": line.hcpcs, "of": _OF.get(finding.rule, "")}
    left_off = unbilled(line, role.why_not.format(**named), _authority(finding))
    return Proposal(
        options=(
            Option(_taken_off(line, finding), role.did.format(**named)),
            Option(left_off, role.did_not.format(**named)),
        ),
        decide=role.decide.format(**named),
    )


def of_facilities(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """MD010: it goes; but 73 and 74 tell of a stopped procedure, which is 53 where it was begun."""
    line = now.line_of(finding)
    if not set(STOPPED) & set(_wrong(finding)):
        return Proposal((_taken_off(line, finding),))
    begun = f"the record shows that {line.hcpcs} was begun, how far it went, and why it was stopped"
    never = f"the record shows that {line.hcpcs} was never begun"
    left_off = unbilled(line, "a procedure that was never begun is not billed", _authority(finding))
    return Proposal(
        options=(Option(_taken_off(line, finding, ("53",)), begun), Option(left_off, never)),
        decide=f"Was {line.hcpcs} of line {line.line} begun before it was stopped?",
    )


PROPOSERS = (Proposer(tuple(_ROLES), who_did_it), Proposer(("MD010",), of_facilities))
