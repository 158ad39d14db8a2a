"""Run a rule's examples: the TOML beside its module is at once its test and its documentation.

    [[example]]
    name = "one sentence: what the claim shows"
    expect = "found"                  # found, clear or not_checked
    line = 2                          # the line it is expected on; 1 if not said
    on = 2024-08-15                   # date of service of every line that has none of its own
    because = "the row or the arithmetic that decides, worked by hand"
    lines = [
      { hcpcs = "20610", modifiers = "RT", place_of_service = "11", diagnoses = "M17.11" },
      { hcpcs = "77002", place_of_service = "11" },
    ]

Keys of a line are the columns of the claim csv (docs/formats/claims-csv.md). ``needs_full_data = true`` marks an
example that the starter pack can't answer; ``pin = { ncci_ptp = "PTP2024Q3" }`` pins releases.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import ModuleType
from typing import Any

from trocar.claims.model import ClaimLine, claim_table, parse_diagnoses, parse_modifiers
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules
from trocar.rules.rule import Rule

OpenPack = Callable[[Mapping[str, str]], Pack]


@dataclass(frozen=True)
class Example:
    """One example of a rule, as read."""

    rule_module: str
    name: str
    expect: str
    line: int
    because: str
    lines: tuple[ClaimLine, ...]
    pins: Mapping[str, str]
    needs_full_data: bool


def examples_of(module: ModuleType) -> list[Example]:
    """The examples beside a rule module."""
    package, _, stem = module.__name__.rpartition(".")
    text = resources.files(package).joinpath(f"{stem}.toml").read_text("utf-8")
    return [_example(module.__name__, entry) for entry in tomllib.loads(text)["example"]]


def _example(module: str, entry: dict[str, Any]) -> Example:
    lines = tuple(_line(number, values, entry["on"]) for number, values in enumerate(entry["lines"], 1))
    return Example(
        module,
        entry["name"],
        entry["expect"],
        entry.get("line", 1),
        entry["because"],
        lines,
        entry.get("pin", {}),
        entry.get("needs_full_data", False),
    )


def _line(number: int, values: dict[str, Any], on: date) -> ClaimLine:
    given = {"claim_id": "example", "line": number, "service_date": on, **values}
    given["modifiers"] = parse_modifiers(given.get("modifiers", ""))
    given["diagnoses"] = parse_diagnoses(given.get("diagnoses", ""))
    return ClaimLine(**given)


def outcome(example: Example, rules: tuple[Rule, ...], open_pack: OpenPack) -> str:
    """What the rule says of the example's line: found, clear or not_checked."""
    batch = Batch(claim_table(example.lines), open_pack(example.pins))
    at = int((batch.line.lines.line_number == example.line).nonzero()[0][0])
    ids = {rule.id for rule in rules}
    for result in evaluate(batch, all_rules()):
        if result.rule.id in ids:
            if result.found(len(batch.line))[at]:
                return "found"
            if result.not_checked(len(batch.line))[at]:
                return "not_checked"
    return "clear"
