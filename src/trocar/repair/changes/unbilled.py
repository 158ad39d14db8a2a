"""Keep a line that the law never pays beside its procedure, or in its place, on the claim without billing it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trocar.claims.model import MOST_MODIFIERS, ClaimLine
from trocar.core.finding import Finding
from trocar.repair.change import Change, Option, Proposal, edits
from trocar.repair.changes.proposing import Proposer
from trocar.repair.changes.twins import twin_options
from trocar.repair.evidence import documentation
from trocar.repair.judge import Judged
from trocar.rules.registry import rules_named

KIND = "not-billed"
NOT_BILLED: Mapping[str, Any] = {"not_billed": True, "charge": Decimal("0.00")}
_WHY = {
    "CD002": "the payment of {hcpcs} is always inside other services (status B)",
    "CD004": "{hcpcs} is paid only by itself, and other services of the day are payable (status T)",
    "GD003": "{column_1} includes the guidance {hcpcs}",
    "MD004": "no assistant is paid for {hcpcs}",
    "NC001": "{column_1} is paid and {hcpcs} is not: no modifier lifts the edit",
    "NC002": "{column_1} is paid and {hcpcs} is not, unless they were separate services",
    "PS004": "the hospital bills {hcpcs} for its patient",
}
# Modifiers that lift an edit of indicator 1, each with the fact that must be documented for it.
_SEPARATE = (
    ("XS", "the record shows {hcpcs} at a separate organ or structure, which it names"),
    ("XE", "the record shows {hcpcs} at a separate encounter of the day, with its time"),
    ("XP", "the record shows that another practitioner did {hcpcs}"),
    ("XU", "the record shows {hcpcs} as an unusual service that does not overlap {column_1}"),
)
_VISIT = ("25", "the note shows a significant visit {hcpcs} of its own, beyond the work that belongs to {column_1}")


def unbilled(line: ClaimLine, why: str, authority: tuple[str, ...], evidence: tuple[str, ...] = ()) -> Change:
    """The change that keeps a line without billing it."""
    return Change(KIND, edits(line, NOT_BILLED), why, authority, evidence)


def propose(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """The line stays at no charge; a separate service, or a code that says both, are options with their facts."""
    line = now.line_of(finding)
    named = {"hcpcs": line.hcpcs, "column_1": finding.evidence.get("column_1", "")}
    (rule, _), *_ = rules_named(finding.rule)
    evidence = documentation(named["column_1"], frozenset({"global", "26"}), line.service_date)
    change = unbilled(line, _WHY[finding.rule].format(**named), rule.authority, evidence)
    options = twin_options(now, finding) if finding.rule in ("NC001", "NC002", "GD003") else ()
    if finding.rule == "NC002":
        options += _separate(line, now.by_key[finding.claim_id, int(finding.evidence["column_1_line"])], named)
    return Proposal((change,), options)


def _separate(line: ClaimLine, other: ClaimLine, named: Mapping[str, str]) -> tuple[Option, ...]:
    """The modifiers that say a separate service, each under the fact it states; XP not of one and the same NPI."""
    one_npi = line.rendering_npi is not None and line.rendering_npi == other.rendering_npi
    visit = "99202" <= line.hcpcs <= "99499"
    said = documentation(line.hcpcs, frozenset({"modifier"}), line.service_date)
    answer = []
    for modifier, fact in (_VISIT,) if visit else _SEPARATE:
        if len(line.modifiers) < MOST_MODIFIERS and not (modifier == "XP" and one_npi):
            changed = edits(line, {"modifiers": (*line.modifiers, modifier)})
            why = f"modifier {modifier} says that the service was separate"
            change = Change("separate-service", changed, why, ("ptp-modifiers", "ptp-modifier-misuse"), said)
            answer.append(Option(change, fact.format(**named)))
    return tuple(answer)


def without_primary(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """An add-on whose primary this repair took off the bill goes with it; one that came alone lacks its primary."""
    line = now.line_of(finding)
    if any(one.claim_id == finding.claim_id and one.line == finding.line for one in _alone(came)):
        return missing_primary(now, finding)
    why = "an add-on code is paid only with its primary, which is not billed"
    return Proposal((unbilled(line, why, ("addon-codes",)),))


def _alone(came: Judged) -> list[Finding]:
    return [finding for finding in came.deny if finding.rule in ADD_ONS]


ADD_ONS = ("GD001", "NC005")


def missing_primary(now: Judged, finding: Finding) -> Proposal:
    """Which procedure it belonged to is a question; a line is never invented."""
    line = now.line_of(finding)
    listed = now.batch.addon.primaries_of(now.at[finding.claim_id, finding.line])
    some = ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")
    decide = (
        f"Which listed primary of {line.hcpcs} was done that day, and was it left off the claim "
        f"({some or 'none is listed on the day'})? If none was done, line {line.line} is not billable."
    )
    fact = f"the record shows none of the listed primaries of {line.hcpcs} on {line.service_date.isoformat()}"
    left_off = unbilled(line, f"{line.hcpcs} is never paid without a listed primary", ("addon-codes", "addon-types"))
    return Proposal(options=(Option(left_off, fact),), decide=decide)


def denied_primary(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """NC006: mending the primary clears it; whether a primary that stays denied was rightly denied is a question."""
    line = now.line_of(finding)
    left_off = unbilled(line, f"{line.hcpcs} is never paid without its primary", ("addon-codes",))
    fact = f"the denial of {finding.evidence['primaries']} is right and will not be mended"
    return Proposal(options=(Option(left_off, fact),), decide=finding.remedy)


PROPOSERS = (
    Proposer(tuple(_WHY), propose),
    Proposer(ADD_ONS, without_primary),
    Proposer(("NC006",), denied_primary),
)
