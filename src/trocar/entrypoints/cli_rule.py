"""``trocar rule``: the rules there are, and one of them in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption, OnOption, PinOption, StoreOption, open_store, service_day
from trocar.entrypoints.render import print_columns, print_csv, print_json

COLUMNS = ("id", "name", "severity", "subject", "needs", "settings", "carc", "first", "last", "authority")
EXAMPLE = "Example: trocar rule NC001"


def rule_command(
    rule_id: Annotated[str | None, typer.Argument(metavar="ID", help="A rule's id or name, such as NC001.")] = None,
    format_: FormatOption = Format.TEXT,
    book: Annotated[
        Path | None,
        typer.Option("--book", metavar="BOOK", help="A book of trocar remit: what payers made of the rule."),
    ] = None,
    on: OnOption = None,
    store: StoreOption = None,
    pin: PinOption = None,
) -> None:
    """List the rules, or show one: the problem, the fix, the law behind it, its examples, its conflicts.

    Where the rule goes by the guidance map, what authorities disagree on that day is listed.
    """
    from trocar.entrypoints.rule_shapes import rule_in_full, rule_shapes

    if book is not None and rule_id is None:
        raise UsageError("--book shows one rule", where="--book", remedy="Name it: trocar rule NC001 --book BOOK.")
    shapes = (
        rule_shapes()
        if rule_id is None
        else rule_in_full(rule_id, lambda: (open_store(store, pin).pack, service_day(on)))
    )
    if book is not None:
        from trocar.entrypoints.cli_denials import feedback_of

        feedback = feedback_of(book, shapes[0]["id"], store, pin)
        shapes = [shape | {"feedback": feedback} for shape in shapes]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(COLUMNS, shapes)
    elif rule_id is None:
        _print_list(shapes)
    else:
        for shape in shapes:
            _print_rule(shape)


def _print_conflicts(conflicts: Sequence[Mapping[str, Any]]) -> None:
    from trocar.lookup.conflicts import ranges

    typer.secho("\nConflicts between authorities", bold=True)
    if not conflicts:
        typer.echo("  none known")
        return
    typer.echo(f"  on {conflicts[0]['on']}, {conflicts[0]['setting']} claims (docs/conflicts.md explains the kinds)")
    for one in conflicts:
        kinds = ", ".join(kind["kind"] for kind in one["kinds"])
        typer.echo(f"  {one['guidance']} beside {ranges(one['procedures'])}: {kinds}")
        typer.echo(f"    {one['reason']}")


def _print_list(shapes: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        [shape["id"], shape["name"], shape["severity"], shape["subject"], " ".join(shape["needs"])] for shape in shapes
    ]
    print_columns(("id", "name", "severity", "subject", "needs"), rows)


def _print_rule(shape: Mapping[str, Any]) -> None:
    from trocar.reference.authorities import support_words
    from trocar.rules.golden import Fired

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
        typer.echo(f"  {authority['title']} ({where or authority['source']}) [{authority['tag']}]")
        typer.echo(f"    {authority['says']}")
    typer.echo(f"  support: {support_words([authority['tag'] for authority in shape['authorities']])}")
    _print_conflicts(shape["conflicts"])
    typer.secho("\nExamples", bold=True)
    for example in shape["examples"]:
        typer.echo(f"  {example['expect'].replace('_', ' ')}: {example['name']}")
        typer.echo(f"    {example['because']}")
    if shape["golden"] is not None:
        typer.echo(f"\n{Fired(shape['golden']['fired'], shape['golden']['cases']).words}")
    for said in shape.get("feedback", ()):
        low, high = said["denied_share_between"]
        typer.echo(
            f"\n{typer.style('At ' + said['payer'], bold=True)}: fired on {said['fired']} lines answered; "
            f"{said['denied']} denied for it ({low} to {high}), {said['denied_otherwise']} denied otherwise, "
            f"{said['paid']} paid, {said['overturned']} overturned later"
        )
    if shape.get("feedback") == []:
        typer.echo("\nIn the book of remittances the rule fires on no line answered.")
