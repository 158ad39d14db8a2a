"""Every example of every rule, on the starter pack and on the full store: both must say what the example says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from trocar.engine.pack import Pack
from trocar.engine.starter import open_starter
from trocar.rules.registry import declared
from trocar.rules.rule import Rule
from trocar.testing.examples import Example, examples_of, outcome

# All declarations of a module share its examples: where the law changed, the boundary lies between two of them.
MODULES = {module: tuple(rule for rule, other in declared() if other is module) for _, module in declared()}
EXAMPLES = [(rules, example) for module, rules in MODULES.items() for example in examples_of(module)]


def named(examples: list[tuple[tuple[Rule, ...], Example]]) -> list[object]:
    """The examples as test parameters that read well."""
    return [pytest.param(rules, example, id=f"{rules[0].id}: {example.name}") for rules, example in examples]


@cache
def opener(store: Path) -> Callable[[Mapping[str, str]], Pack]:
    """A store's packs, each opened once for its pins."""
    packs: dict[tuple[tuple[str, str], ...], Pack] = {}

    def open_pack(pins: Mapping[str, str]) -> Pack:
        key = tuple(sorted(pins.items()))
        if key not in packs:
            packs[key] = Pack.open(store, pins)
        return packs[key]

    return open_pack


@pytest.mark.parametrize(("rules", "example"), named([pair for pair in EXAMPLES if not pair[1].needs_full_data]))
def test_the_starter_pack_says_what_the_example_says(rules: tuple[Rule, ...], example: Example) -> None:
    """An example that needs no more than the starter pack comes out as written."""
    assert outcome(example, rules, open_starter) == example.expect, example.because


@pytest.mark.full_data
@pytest.mark.parametrize(("rules", "example"), named(EXAMPLES))
def test_the_full_store_says_the_same(rules: tuple[Rule, ...], example: Example, full_store: Path) -> None:
    """Every example comes out as written on the full store, so wherever the starter answers, both agree."""
    assert outcome(example, rules, opener(full_store)) == example.expect, example.because
