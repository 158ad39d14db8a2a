"""Take off modifiers that can't stand on the line."""

from __future__ import annotations

from trocar.core.finding import Finding
from trocar.repair.change import Change, Option, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.changes.unbilled import unbilled
from trocar.repair.judge import Judged
from trocar.rules.registry import rules_named

KIND = "modifier-off"
_TEAM, _CO_SURGEON, _SPLIT_CARE = ("66",), ("62",), ("54", "55", "56")
_WRONG = {"MD008": _TEAM, "MD012": _SPLIT_CARE}


def _taken_off(now: Judged, finding: Finding, wrong: tuple[str, ...]) -> Change:
    line = now.line_of(finding)
    (rule, _), *_ = rules_named(finding.rule)
    kept = tuple(one for one in line.modifiers if one not in wrong)
    return Change(KIND, edits(line, {"modifiers": kept}), finding.message, rule.authority)


def propose(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """The modifiers that the rule names go."""
    wrong = _WRONG.get(finding.rule) or tuple(str(finding.evidence["wrong"]).split())
    return Proposal((_taken_off(now, finding, wrong),))


def co_surgeon(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """MD006: who bills the procedure is a fact that the claim doesn't hold."""
    line = now.line_of(finding)
    return Proposal(
        options=(
            Option(
                _taken_off(now, finding, _CO_SURGEON), "the operative report names this practitioner as the surgeon"
            ),
            Option(
                unbilled(line, "co-surgeons are not paid for the code", ("co-surgeons",)),
                "the operative report names another practitioner as the surgeon, who bills the procedure",
            ),
        ),
        decide=f"Is the practitioner of line {line.line} the surgeon who bills {line.hcpcs}?",
    )


PROPOSERS = (Proposer(("MD008", "MD009", "MD010", "MD012"), propose), Proposer(("MD006",), co_surgeon))
