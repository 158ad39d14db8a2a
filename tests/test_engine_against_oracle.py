"""The engine against a naive oracle: every line of random claims priced and edited twice, and always the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oracle.edits import CLEAR, FOUND, NOT_CHECKED, edit_outcomes
from oracle.pricing import price_claim
from oracle.store_reader import Reference
from strategies import Codes, claims, codes_of_store, renamed
from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter, starter_store
from trocar.pricing.explain import explain_all
from trocar.pricing.price import price
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules
from trocar.scrub.check import check

EXAMPLES = int(os.environ.get("TROCAR_ORACLE_EXAMPLES", "300"))
COMPARED = ("NC001", "NC002", "UN001", "UN002", "UN003", "GD001", "NC005", "NC007")
AMOUNTS = ("allowed", "limiting_charge", "medicare_pays", "patient_pays", "sequestration", "bonus")
SLOW_IS_FINE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    # Explaining a counterexample line by line takes minutes on claims of this size.
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
FEW = settings(SLOW_IS_FINE, max_examples=max(EXAMPLES // 10, 10))


@dataclass(frozen=True)
class World:
    """One store three times: the engine's pack, the oracle's dicts, and the codes that claims are drawn from."""

    pack: Pack
    reference: Reference
    codes: Codes


@pytest.fixture(scope="module", params=["starter", pytest.param("full", marks=pytest.mark.full_data)])
def world(request: pytest.FixtureRequest) -> World:
    """The embedded starter store, and the store of all the publishers' files."""
    if request.param == "starter":
        path, pack = starter_store(), open_starter()
    else:
        path, pack = request.getfixturevalue("full_store"), request.getfixturevalue("full_pack")
    codes = codes_of_store(path)
    return World(pack, Reference(path, codes.all), codes)


def engine_prices(lines: list[ClaimLine], pack: Pack) -> list[dict[str, Any]]:
    """Status and amounts of every line by the engine, in the order of the input."""
    answers = explain_all(price(Batch(claim_table(lines), pack).line))
    return [{name: answer[name] for name in ("status", *AMOUNTS)} for answer in answers]


def oracle_prices(lines: list[ClaimLine], reference: Reference) -> list[dict[str, Any]]:
    """The same by the oracle."""
    answers = []
    for answer in price_claim(lines, reference):
        amounts = answer.result if answer.status == "priced" else {}
        texts = {name: None if amounts.get(name) is None else str(amounts[name]) for name in AMOUNTS}
        answers.append({"status": answer.status, **texts})
    return answers


def engine_outcomes(lines: list[ClaimLine], pack: Pack) -> dict[str, list[str]]:
    """By rule, whether each line is found, clear or not checked, in the order of the input."""
    batch = Batch(claim_table(lines), pack)
    rules = [rule for rule in all_rules() if rule.id in COMPARED]
    answers = {}
    for outcome in evaluate(batch, rules):
        found, missing = outcome.found(len(lines)), outcome.not_checked(len(lines))
        by_input = [""] * len(lines)
        for place, source in enumerate(batch.line.lines.source.tolist()):
            by_input[source] = FOUND if found[place] else NOT_CHECKED if missing[place] else CLEAR
        answers[outcome.rule.id] = by_input
    return answers


def everything_said(lines: list[ClaimLine], pack: Pack) -> dict[tuple[str, int], tuple[Any, ...]]:
    """Prices, findings and gaps of each line, by claim and line number."""
    result = check(claim_table(lines), pack)
    said: dict[tuple[str, int], list[str]] = {(line.claim_id, line.line): [] for line in lines}
    for finding in result.findings:
        said[finding.claim_id, finding.line].append(f"{finding.rule} {finding.message} {finding.amount_at_risk}")
    for gap in result.not_checked:
        said[gap.claim_id, gap.line].append(f"{gap.needs} {gap.not_checked}")
    prices = {(line["claim_id"], line["line"]): line for line in result.priced}
    return {key: (sorted(texts), prices[key]) for key, texts in said.items()}


def test_the_rules_compared_are_declared() -> None:
    """No rule that the oracle knows may be missing from the program."""
    assert set(COMPARED) <= {rule.id for rule in all_rules()}


def test_prices_agree(world: World) -> None:
    """Status and every amount of every line of a random claim equal the oracle's."""

    @SLOW_IS_FINE
    @given(claims(world.codes))
    def compare(lines: list[ClaimLine]) -> None:
        assert engine_prices(lines, world.pack) == oracle_prices(lines, world.reference)

    compare()


def test_edits_agree(world: World) -> None:
    """Edits, unit limits and add-on lists say the same of every line of a random claim as the oracle."""

    @SLOW_IS_FINE
    @given(claims(world.codes))
    def compare(lines: list[ClaimLine]) -> None:
        assert engine_outcomes(lines, world.pack) == edit_outcomes(lines, world.reference)

    compare()


def test_order_changes_nothing(world: World) -> None:
    """Claims and lines in any order get the same answers."""

    @FEW
    @given(st.lists(claims(world.codes), min_size=1, max_size=4), st.randoms(use_true_random=False))
    def compare(several: list[list[ClaimLine]], shuffler: Random) -> None:
        lines = [line for number, claim in enumerate(several) for line in renamed(claim, f"C{number}")]
        shuffled = shuffler.sample(lines, len(lines))
        assert everything_said(lines, world.pack) == everything_said(shuffled, world.pack)

    compare()


def test_a_claim_alone_equals_the_same_claim_among_a_thousand(world: World) -> None:
    """What is said of a claim does not depend on the claims of other patients around it."""
    drawn: list[list[ClaimLine]] = []

    @settings(SLOW_IS_FINE, max_examples=100)
    @given(claims(world.codes))
    def collect(lines: list[ClaimLine]) -> None:
        drawn.append(lines)

    collect()
    crowd = [renamed(drawn[number % len(drawn)], f"C{number}") for number in range(1_000)]
    together = everything_said([line for claim in crowd for line in claim], world.pack)
    for claim in crowd[: len(drawn)]:
        for key, answer in everything_said(claim, world.pack).items():
            assert together[key] == answer
