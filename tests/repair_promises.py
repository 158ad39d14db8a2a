"""What is promised of every repair, checked against the claims it was given."""

from __future__ import annotations

import json

from trocar.claims.model import ClaimLine
from trocar.engine.pack import Pack
from trocar.reference.authorities import authorities
from trocar.repair.answer import claim_of
from trocar.repair.repair import Repair
from trocar.scrub.check import check

# Modifiers that state a fact, which no repair may put on a line by itself.
FACTS = {"59", "XE", "XS", "XP", "XU", "25", "24", "57", "58", "78", "79", "91", "76", "77"}


def promises(lines: list[ClaimLine], answer: Repair, pack: Pack) -> None:
    """Check a repair against the claims it was given."""
    left = {(finding.claim_id, finding.line, finding.rule) for finding in check(answer.table, pack).deny}
    undecided = [(claim.claim_id, entry.finding) for claim in answer.claims for entry in claim.undecided]
    told = {(claim_id, finding.line, finding.rule) for claim_id, finding in undecided}
    assert told == left
    assert {claim.claim_id for claim in answer.claims} == {line.claim_id for line in lines}
    for claim in answer.claims:
        assert claim.verdict == ("open" if claim.undecided else "repaired" if claim.steps else "clear")
        assert all(entry.decide for entry in claim.undecided)
        for step in claim.steps:
            assert step.clears
            assert step.change.why
            assert step.change.authority
            assert set(step.change.authority) <= set(authorities())
        json.dumps(claim.to_dict())
    _nothing_invented(lines, answer)
    _nothing_payable_dropped(answer)
    _changed_only_as_told(lines, answer)


def _nothing_invented(lines: list[ClaimLine], answer: Repair) -> None:
    """The same lines in the same order; no modifier that states a fact, no more units, no higher charge of a claim."""
    assert [(line.claim_id, line.line) for line in answer.lines] == [(line.claim_id, line.line) for line in lines]
    for before, after in zip(lines, answer.lines, strict=True):
        assert not (set(after.modifiers) - set(before.modifiers)) & FACTS
        assert (after.units or 1) <= (before.units or 1)
        assert after.service_date == before.service_date
        assert after.place_of_service == before.place_of_service


def _nothing_payable_dropped(answer: Repair) -> None:
    """A line leaves the bill only where it was denied as it stood."""
    for claim in answer.claims:
        for step in claim.steps:
            denied = {(finding.claim_id, finding.line) for finding in step.before.deny}
            assert {edit.line for edit in step.change.edits if edit.field == "not_billed"} <= denied


def _changed_only_as_told(lines: list[ClaimLine], answer: Repair) -> None:
    """Making the steps of the answer on the claims as they came gives the claims as repaired."""
    now = tuple(lines)
    for claim in answer.claims:
        for step in claim.steps:
            assert {edit.line[0] for edit in step.change.edits} == {claim_of(step)}
            now = step.change.applied(now)
    assert now == answer.lines
