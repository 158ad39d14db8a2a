"""What may be done about a finding: asked of the one module of changes that answers for its rule."""

from __future__ import annotations

from functools import cache

from trocar.core.finding import Finding
from trocar.repair.change import Proposal
from trocar.repair.changes import codes, components, diagnoses, modifiers, unbilled, units
from trocar.repair.changes.proposing import Propose
from trocar.repair.judge import Judged

_MODULES = (codes, components, diagnoses, modifiers, unbilled, units)


@cache
def proposers() -> dict[str, Propose]:
    """The proposing function of each rule that has one, by rule id."""
    return {rule: proposer.propose for module in _MODULES for proposer in module.PROPOSERS for rule in proposer.rules}


def proposal(now: Judged, came: Judged, finding: Finding) -> Proposal:
    """What may be done about a finding; where no module answers for its rule, the remedy is a person's to settle."""
    propose = proposers().get(finding.rule)
    return propose(now, came, finding) if propose else Proposal(decide=finding.remedy)
