"""Claims from the policy manual's own examples, worked by hand from its pages and the publishers' rows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trocar.claims.model import ClaimLine, claim_table, parse_diagnoses, parse_modifiers
from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules

FOLDER = Path(__file__).parent / "manual_claims"
CLAIMS: list[dict[str, Any]] = [
    claim for path in sorted(FOLDER.glob("*.toml")) for claim in tomllib.loads(path.read_text("utf-8"))["claim"]
]
DENY = {rule.id for rule in all_rules() if rule.severity is Severity.DENY}
named = pytest.mark.parametrize("claim", [pytest.param(one, id=f"{one['page']}: {one['name']}") for one in CLAIMS])


def lines_of(claim: dict[str, Any]) -> list[ClaimLine]:
    """The lines of a claim of the list."""
    answer = []
    for number, values in enumerate(claim["lines"], 1):
        given = {"claim_id": "claim", "service_date": claim["on"], "line": number, **values}
        given["modifiers"] = parse_modifiers(given.get("modifiers", ""))
        given["diagnoses"] = parse_diagnoses(given.get("diagnoses", ""))
        answer.append(ClaimLine(**given))
    return answer


def said(claim: dict[str, Any], pack: Pack) -> tuple[set[str], set[str]]:
    """What is found and what is not checked, as ``line rule``."""
    batch = Batch(claim_table(lines_of(claim)), pack)
    numbers, length = batch.line.lines.line_number, len(batch.line)
    found, missing = set(), set()
    for outcome in evaluate(batch, all_rules()):
        found |= {f"{numbers[at]} {outcome.rule.id}" for at in np.flatnonzero(outcome.found(length))}
        missing |= {f"{numbers[at]} {outcome.rule.id}" for at in np.flatnonzero(outcome.not_checked(length))}
    return found, missing


def differences(claim: dict[str, Any], found: set[str], missing: set[str]) -> list[str]:
    """Where the program and the list part."""
    expected = set(claim.get("found", ()))
    wrong = [f"not found: {one}" for one in sorted(expected - found)]
    wrong += [f"found: {one}" for one in sorted(set(claim.get("clear", ())) & found)]
    wrong += [f"not clear, not checked: {one}" for one in sorted(set(claim.get("clear", ())) & missing)]
    wrong += [f"checked: {one}" for one in sorted(set(claim.get("not_checked", ())) - missing)]
    denials = {one for one in found if one.split()[1] in DENY}
    return wrong + [f"denied beyond the list: {one}" for one in sorted(denials - expected)]


@pytest.mark.full_data
@named
def test_the_full_store_says_what_the_manual_says(claim: dict[str, Any], full_pack: Pack) -> None:
    """Every claim comes out as worked, and no line is denied beyond what the list names."""
    assert not differences(claim, *said(claim, full_pack)), claim["because"]


SCOPE = set(open_starter().catalog.scope)
IN_STARTER = [
    claim for claim in CLAIMS if all(line["hcpcs"] in SCOPE and line.get("setting") is None for line in claim["lines"])
]


@pytest.mark.parametrize("claim", [pytest.param(one, id=f"{one['page']}: {one['name']}") for one in IN_STARTER])
def test_the_starter_pack_says_the_same_of_its_codes(claim: dict[str, Any]) -> None:
    """A claim whose codes all stand in the starter pack comes out alike without the publishers' files."""
    assert not differences(claim, *said(claim, open_starter())), claim["because"]


def test_there_are_two_hundred_of_them() -> None:
    """The list is as long as asked for, each claim once, each with its page and reason, and names rules there are."""
    assert len(CLAIMS) >= 200
    assert len({(claim["page"], claim["name"]) for claim in CLAIMS}) == len(CLAIMS)
    ids = {rule.id for rule in all_rules()}
    for claim in CLAIMS:
        entries = [*claim.get("found", ()), *claim.get("clear", ()), *claim.get("not_checked", ())]
        assert entries, claim["name"]
        assert {entry.split()[1] for entry in entries} <= ids, claim["name"]
        assert all(1 <= int(entry.split()[0]) <= len(claim["lines"]) for entry in entries), claim["name"]
        assert claim["because"].strip()
        assert 11 <= claim["sheet"] <= 287
