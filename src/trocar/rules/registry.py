"""Every rule there is: the built-in families, and plug-ins found through the entry point group ``trocar.rules``."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from itertools import pairwise
from types import ModuleType

from trocar.core.errors import UsageError
from trocar.rules.rule import Rule

ENTRY_POINT_GROUP = "trocar.rules"
FAMILIES = ("ncci", "guidance", "modifiers", "sites", "diagnosis", "units", "codes", "dates", "identity")


def rule_modules(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of a package's rule families that declare ``RULES``, in order of name."""
    for info in sorted(pkgutil.walk_packages(package.__path__, f"{package.__name__}."), key=lambda info: info.name):
        if not info.ispkg and (module := import_module(info.name)) and hasattr(module, "RULES"):
            yield module


@cache
def declared() -> tuple[tuple[Rule, ModuleType], ...]:
    """Every declaration with its module, in order of id; raises ``UsageError`` when two share an id and a period."""
    found = [
        (rule, module)
        for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
        for module in rule_modules(point.load())
        for rule in module.RULES
    ]
    found.sort(key=lambda pair: (pair[0].id, pair[0].first))
    for (one, _), (two, _) in pairwise(found):
        if one.id == two.id and (one.last is None or two.first <= one.last):
            raise UsageError(
                f"two rules {one.id} are in force on {two.first.isoformat()}",
                where=f"{one.name}, {two.name}",
                remedy="Give the plug-in's rule an id of its own, or end the older declaration.",
            )
    return tuple(found)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every declaration, in order of id."""
    return tuple(rule for rule, _ in declared())


def rules_named(wanted: str) -> list[tuple[Rule, ModuleType]]:
    """The declarations of a rule by id or name; raises ``UsageError`` when there is none."""
    chosen = [(rule, module) for rule, module in declared() if wanted in (rule.id, rule.name)]
    if not chosen:
        raise UsageError(f"there is no rule {wanted!r}", remedy="List the rules: trocar rule.")
    return chosen
