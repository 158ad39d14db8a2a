"""The rules as JSON shapes: what each declares, and one of them in full with its page, law and examples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import ModuleType
from typing import Any

from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.lookup.conflicts import RULES_IN_CONFLICT, disagreements
from trocar.reference.law import parameters
from trocar.rules.golden import fired
from trocar.rules.registry import all_rules, rules_named
from trocar.rules.rule import Rule
from trocar.testing.examples import examples_of

# The pack that answers, and the day of service asked for; called only for a rule that stands in a conflict.
OnDay = Callable[[], tuple[Pack, date]]
# What is said of an authority that a plug-in names and Trocar's list does not hold.
UNLISTED = {"where": "", "file": "", "source": "a plug-in", "says": "Named by the rule's own package.", "tag": "U"}


def rule_shapes() -> list[dict[str, Any]]:
    """What every rule declares of itself, in the order of the ids."""
    return [_declaration(rule) for rule in all_rules()]


def rule_in_full(text: str, on_day: OnDay | None = None) -> list[dict[str, Any]]:
    """The declarations of an id (in either case) or a name, in full; raises ``UsageError`` for an unknown one.

    ``conflicts`` is what authorities disagree on that day where the rule goes by the guidance map: empty for any other
    rule, None where no day was asked for.
    """
    found = _named(text)
    conflicts = _conflicts(found[0][0].id, on_day)
    return [_in_full(rule, module) | {"conflicts": conflicts} for rule, module in found]


def _conflicts(rule_id: str, on_day: OnDay | None) -> list[dict[str, Any]] | None:
    if rule_id not in RULES_IN_CONFLICT:
        return []
    if on_day is None:
        return None
    pack, day = on_day()
    asked = {"on": day.isoformat(), "setting": "practitioner"}
    return [asked | one.to_dict() for one in disagreements(pack, "practitioner", day)]


def _named(text: str) -> list[tuple[Rule, ModuleType]]:
    """The declarations of an id (in either case) or a name."""
    try:
        return rules_named(text.strip().upper() if text[-1:].isdigit() else text.strip().lower())
    except UsageError as error:
        error.where = error.where or text
        raise


def _declaration(rule: Rule) -> dict[str, Any]:
    """What a rule declares of itself."""
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": rule.severity.value,
        "subject": rule.subject,
        "needs": list(rule.needs),
        "settings": list(rule.settings),
        "carc": rule.carc,
        "first": rule.first.isoformat(),
        "last": rule.last.isoformat() if rule.last else None,
        "authority": list(rule.authority),
    }


def _in_full(rule: Rule, module: ModuleType) -> dict[str, Any]:
    """The declaration with its page, its authorities in words and its examples."""
    title, problem, fix = _page(module.__doc__ or "")
    examples = [
        {"name": example.name, "expect": example.expect, "because": example.because} for example in examples_of(module)
    ]
    known = parameters("authorities")["authority"]
    authorities = [_authority(key, known.get(key, {"title": key, **UNLISTED})) for key in rule.authority]
    page = {"title": title, "problem": problem, "fix": fix, "message": rule.message, "remedy": rule.remedy}
    golden = fired(rule.id)
    counted = {"fired": golden.cases, "cases": golden.of} if module.__name__.startswith("trocar.rules.") else None
    return _declaration(rule) | page | {"authorities": authorities, "examples": examples, "golden": counted}


def _authority(key: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, **row, "says": _unfolded(row["says"])}


def _page(docstring: str) -> tuple[str, str, str]:
    """Title, Problem and Fix of a rule's module docstring, each as one paragraph."""
    head, _, rest = docstring.partition("## Problem")
    problem, _, fix = rest.partition("## Fix")
    return _unfolded(head), _unfolded(problem), _unfolded(fix)


def _unfolded(text: str) -> str:
    return " ".join(text.split())
