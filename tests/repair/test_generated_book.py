"""A synthetic book with planted errors, mended: every claim that is said to be repaired is."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc

from repair_promises import promises
from trocar.claims.model import lines_of
from trocar.engine.starter import open_starter
from trocar.repair.repair import repair

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "examples")]

from claim_book.write import plain_table  # noqa: E402 - the examples folder is no package
from generate_claims import book  # noqa: E402

LINES, SEED = 3_000, 7


def test_every_claim_of_a_book() -> None:
    """All promises hold on the whole book, and repairs of several kinds were made."""
    table, _ = plain_table(book(LINES, SEED).chunks())
    table = table.combine_chunks()
    pack = open_starter()
    answer = repair(table, pack)
    promises(lines_of(table), answer, pack)
    kinds = Counter(step.change.kind for claim in answer.claims for step in claim.steps)
    assert {"not-billed", "component", "units"} <= set(kinds)
    verdicts = Counter(claim.verdict for claim in answer.claims)
    assert sum(verdicts.values()) == len(pc.unique(table["claim_id"]))
    assert verdicts["clear"] > verdicts["repaired"] > 0
    assert all(claim.least for claim in answer.claims)
