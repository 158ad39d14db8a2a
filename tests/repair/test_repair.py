"""What is promised of every repair: it rechecks clear, it invents nothing, it drops nothing payable, and says why."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from strategies import claims, codes_of_store
from trocar.claims.books import open_book
from trocar.claims.model import ClaimLine, claim_table, lines_of
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.reference.authorities import authorities
from trocar.repair.answer import claim_of
from trocar.repair.repair import Repair, repair
from trocar.scrub.check import check

PACK = open_starter()
CODES = codes_of_store(starter_store())
REPOSITORY = Path(__file__).resolve().parents[2]
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


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(lines=claims(CODES))
def test_every_random_claim(lines: list[ClaimLine]) -> None:
    """Claims of every status, indicator, modifier and boundary date, on the starter pack."""
    promises(lines, repair(claim_table(lines), PACK), PACK)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(lines=claims(CODES))
def test_no_step_is_idle(lines: list[ClaimLine]) -> None:
    """Leaving any step of a repaired claim out leaves something denied: the changes are needed, each.

    A step gives fields their new values, so that of two on one field the later one holds the earlier.
    """
    (claim,) = repair(claim_table(lines), PACK).claims
    edited = [(edit.line, edit.field) for step in claim.steps for edit in step.change.edits]
    if claim.verdict != "repaired" or len(edited) > len(set(edited)):
        return
    for left_out in claim.steps:
        now = tuple(lines)
        for step in claim.steps:
            if step is not left_out:
                now = step.change.applied(now)
        assert check(claim_table(now), PACK).deny


@pytest.mark.full_data
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(lines=claims(CODES))
def test_every_random_claim_of_the_full_store(full_pack: Pack, lines: list[ClaimLine]) -> None:
    """The same where every table is held."""
    promises(lines, repair(claim_table(lines), full_pack), full_pack)


def test_the_example_claims() -> None:
    """The claims that come with Trocar, as one book."""
    (part,) = open_book([REPOSITORY / "examples" / "claims.csv"]).parts()
    (reading,) = part.chunks()
    lines = lines_of(reading.table)
    promises(lines, repair(reading.table, PACK), PACK)


@pytest.mark.full_data
def test_every_golden_claim(golden_files: Path, full_pack: Pack) -> None:
    """The golden scrub cases, each a claim of a book, on the releases they name."""
    from golden.test_scrub_cases import PINS, claim_lines

    with (golden_files / "scrub_cases.csv").open(newline="", encoding="utf-8") as stream:
        lines = [line for case in csv.DictReader(stream) for line in claim_lines(case)]
    pinned = Pack.open(full_pack.folder.parent, PINS)
    answer = repair(claim_table(lines), pinned)
    promises(lines, answer, pinned)
    assert {claim.verdict for claim in answer.claims} == {"clear", "repaired", "open"}


def test_a_claim_table_is_its_lines() -> None:
    """Lines out of a table and back are the same table."""
    (part,) = open_book([REPOSITORY / "examples" / "claims.csv"]).parts()
    (reading,) = part.chunks()
    assert claim_table(lines_of(reading.table)).equals(reading.table)
