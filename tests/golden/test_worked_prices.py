"""Prices worked by hand from the fee schedule's rows, with the arithmetic beside each, against the full store."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trocar.claims.model import ClaimLine, claim_table, parse_modifiers
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.price import price

CLAIMS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("worked_prices.toml").read_text("utf-8"))["claim"]
AMOUNTS = ("charge", "deductible_remaining")


def lines_of(claim: dict[str, Any]) -> list[ClaimLine]:
    """The lines of a claim of the list."""
    answer = []
    for number, values in enumerate(claim["lines"], 1):
        given = {"claim_id": claim["id"], "line": number, **values}
        given["modifiers"] = parse_modifiers(given.get("modifiers", ""))
        given |= {name: Decimal(given[name]) for name in AMOUNTS if name in given}
        if "-" in given.get("locality", ""):
            given["mac"], given["locality"] = given["locality"].split("-")
        answer.append(ClaimLine(**given))
    return answer


@pytest.mark.full_data
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_price_is_as_worked(claim: dict[str, Any], full_pack: Pack) -> None:
    """Each line is allowed what was worked, to the cent, or has the status that leaves no amount."""
    answers = explain_all(price(Batch(claim_table(lines_of(claim)), full_pack).line))
    said = [answer["allowed"] if answer["status"] == "priced" else answer["status"] for answer in answers]
    assert said == claim["allowed"], claim["because"]


def test_the_list_is_sound() -> None:
    """Each claim once, with an answer for every line and its reason."""
    assert len({claim["id"] for claim in CLAIMS}) == len(CLAIMS) >= 200
    assert all(len(claim["allowed"]) == len(claim["lines"]) and claim["because"].strip() for claim in CLAIMS)
