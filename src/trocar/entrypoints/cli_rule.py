"""``trocar rule``: the rules there are, and one of them in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import print_columns, print_csv, print_json

if TYPE_CHECKING:
    from trocar.rules.rule import Rule

COLUMNS = ("id", "name", "severity", "subject", "needs", "settings", "carc", "first", "last", "authority")
EXAMPLE = "Example: trocar rule NC001"


def rule_command(
    rule_id: Annotated[str | None, typer.Argument(metavar="ID", help="A rule's id or name, such as NC001.")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """List the rules, or show one: the problem, the fix, the law behind it, its examples."""
    from trocar.rules.registry import all_rules

    if rule_id is None:
        shapes = [_declaration(rule) for rule in all_rules()]
    else:
        shapes = [_in_full(rule, module) for rule, module in _named(rule_id)]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(COLUMNS, shapes)
    elif rule_id is None:
        _print_list(shapes)
    else:
        for shape in shapes:
            _print_rule(shape)


def _named(text: str) -> list[tuple[Rule, ModuleType]]:
    """The declarations of an id (in either case) or a name."""
    from trocar.rules.registry import rules_named

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
    from trocar.reference.law import parameters
    from trocar.testing.examples import examples_of

    title, problem, fix = _page(module.__doc__ or "")
    examples = [
        {"name": example.name, "expect": example.expect, "because": example.because} for example in examples_of(module)
    ]
    known = parameters("authorities")["authority"]
    authorities = [{"id": key, **known[key]} for key in rule.authority]
    page = {"title": title, "problem": problem, "fix": fix, "message": rule.message, "remedy": rule.remedy}
    return _declaration(rule) | page | {"authorities": authorities, "examples": examples}


def _page(docstring: str) -> tuple[str, str, str]:
    """Title, Problem and Fix of a rule's module docstring, each as one paragraph."""
    head, _, rest = docstring.partition("## Problem")
    problem, _, fix = rest.partition("## Fix")
    return _unfolded(head), _unfolded(problem), _unfolded(fix)


def _unfolded(text: str) -> str:
    return " ".join(text.split())


def _print_list(shapes: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        [shape["id"], shape["name"], shape["severity"], shape["subject"], " ".join(shape["needs"])] for shape in shapes
    ]
    print_columns(("id", "name", "severity", "subject", "needs"), rows)


def _print_rule(shape: Mapping[str, Any]) -> None:
    typer.secho(f"{shape['id']} {shape['name']}", bold=True)
    typer.echo(shape["title"])
    in_force = f"dates of service from {shape['first']}" + (f" to {shape['last']}" if shape["last"] else "")
    typer.echo(
        f"{shape['severity']}, CARC {shape['carc']}; {', '.join(shape['settings'])} claims; {in_force}; "
        f"needs {', '.join(shape['needs']) or 'no table'}"
    )
    for name in ("problem", "fix"):
        typer.echo(f"\n{typer.style(name.capitalize(), bold=True)}\n  {shape[name]}")
    typer.secho("\nAuthorities", bold=True)
    for authority in shape["authorities"]:
        where = ", ".join(
            text for text in (authority.get("file") or authority.get("source"), authority.get("where")) if text
        )
        typer.echo(f"  {authority.get('title', authority['id'])} ({where})")
        typer.echo(f"    {_unfolded(authority.get('says', ''))}")
    typer.secho("\nExamples", bold=True)
    for example in shape["examples"]:
        typer.echo(f"  {example['expect'].replace('_', ' ')}: {example['name']}")
        typer.echo(f"    {example['because']}")
