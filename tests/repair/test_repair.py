"""What is promised of every repair: it rechecks clear, it invents nothing, it drops nothing payable, and says why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from repair_promises import promises
from strategies import claims, codes_of_store
from trocar.claims.books import open_book
from trocar.claims.model import ClaimLine, claim_table, lines_of
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.repair.repair import repair
from trocar.scrub.check import check

PACK = open_starter()
CODES = codes_of_store(starter_store())
REPOSITORY = Path(__file__).resolve().parents[2]


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
