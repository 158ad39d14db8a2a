"""``trocar guidance``: which image guidance is part of a procedure on a day, with the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from trocar.entrypoints.options import (
    EditSetting,
    Format,
    FormatOption,
    OnOption,
    PinOption,
    StoreOption,
    open_store,
    service_day,
)
from trocar.entrypoints.render import cited, print_csv, print_json

NOT_CHECKED = 3
EXAMPLE = "Example: trocar guidance 32408 47000 --on 2024-08-15"
COLUMNS = (
    "procedure", "guidance", "modality", "verdict", "strength", "first", "last", "reason", "conflicts", "evidence",
    "citations", "not_checked",
)  # fmt: skip


def guidance_command(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Procedures, such as 32408.")],
    on: OnOption = None,
    setting: Annotated[
        EditSetting, typer.Option("--setting", help="Practitioner (also ASC) or outpatient hospital tables.")
    ] = EditSetting.PRACTITIONER,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
    pin: PinOption = None,
) -> None:
    """Which image guidance a procedure includes: a verdict for each modality, why, and every row it rests on.

    Included, separately reportable, not reportable, or not checked; conflicts between authorities are named.
    Exit code 3 when nothing could be decided on that day.
    """
    from trocar.lookup.guidance_said import guidance_said

    day = service_day(on)
    opened = open_store(store, pin)
    shapes = [said.to_dict() for said in guidance_said(opened.pack, opened.store, codes, day, str(setting))]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(COLUMNS, _rows(shapes, day.isoformat()))
    else:
        typer.secho(f"{' '.join(codes)} on {day.isoformat()}, {setting} claims", bold=True)
        _print_text(shapes)
    if not any(shape["topic"] == "guidance_map" and "says" in shape for shape in shapes):
        raise typer.Exit(NOT_CHECKED)


def _rows(shapes: Sequence[Mapping[str, Any]], day: str) -> Iterator[dict[str, Any]]:
    """One row for each guidance code, with the period of its verdict that has the day in it."""
    for shape in shapes:
        if shape["topic"] != "guidance_map":
            continue
        procedure, _, guidance = shape["subject"].partition("/")
        if "not_checked" in shape:
            yield {"procedure": procedure, "guidance": guidance, "not_checked": shape["not_checked"]}
            continue
        values = shape["values"]
        period = _period_of(values["periods"], day)
        yield {
            **{name: values[name] for name in ("procedure", "guidance", "modality", "verdict", "strength")},
            "first": period.get("first"),
            "last": period.get("last"),
            "reason": shape["says"],
            "conflicts": [conflict["kind"] for conflict in values["conflicts"]],
            "evidence": [proof["says"] for proof in values["evidence"]],
            "citations": shape["citations"],
        }


def _period_of(periods: Sequence[Mapping[str, Any]], day: str) -> Mapping[str, Any]:
    return next((one for one in periods if one["first"] <= day <= one["last"]), {})


def _print_text(shapes: Sequence[Mapping[str, Any]]) -> None:
    """The modalities of each procedure in lines of their own, then each guidance code with its evidence."""
    for shape in shapes:
        if "not_checked" in shape:
            typer.echo(f"{shape['subject']}  {typer.style('not checked', fg='yellow')} {shape['not_checked']}")
        elif shape["topic"] == "guidance_modality":
            typer.echo(f"{shape['subject']}  {shape['says']}")
        elif shape["topic"] == "guidance_map":
            _print_cell(shape)
        else:
            typer.echo(shape["says"])


def _print_cell(shape: Mapping[str, Any]) -> None:
    typer.echo(f"{shape['subject']}\n  {shape['says']}")
    for conflict in shape["values"]["conflicts"]:
        typer.echo(f"  {typer.style('conflict', fg='yellow')} {conflict['kind']}: {conflict['says']}")
    for period in shape["values"]["periods"]:
        typer.secho(f"    {period['first']} to {period['last']}: {period['verdict']}", dim=True)
    for proof in shape["values"]["evidence"]:
        typer.echo(f"    {proof['says']}")
        if "citation" in proof:
            typer.secho(f"      {cited(proof['citation'])}", dim=True)
