"""Claims worked by hand, kept in TOML: read, run through the rules, and compared with what stands in the list."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from trocar.claims.model import ClaimLine, claim_table, parse_diagnoses, parse_modifiers
from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules

GOLDEN = Path(__file__).parent / "golden"
DENY = {rule.id for rule in all_rules() if rule.severity is Severity.DENY}


def claims_in(folder: str) -> list[dict[str, Any]]:
    """The claims of every file of a folder beside the golden tests."""
    paths = sorted((GOLDEN / folder).glob("*.toml"))
    return [claim for path in paths for claim in tomllib.loads(path.read_text("utf-8"))["claim"]]


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


def entries_are_sound(claims: list[dict[str, Any]]) -> None:
    """Every claim expects something, of rules and lines there are, and says why."""
    ids = {rule.id for rule in all_rules()}
    for claim in claims:
        entries = [*claim.get("found", ()), *claim.get("clear", ()), *claim.get("not_checked", ())]
        assert entries, claim["name"]
        assert {entry.split()[1] for entry in entries} <= ids, claim["name"]
        assert all(1 <= int(entry.split()[0]) <= len(claim["lines"]) for entry in entries), claim["name"]
        assert claim["because"].strip()
