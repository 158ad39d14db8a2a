"""``trocar code`` and ``trocar edits``: what the store knows, cited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.entrypoints.options import (
    EditSetting,
    Format,
    FormatOption,
    LocalityOption,
    NationalOption,
    OnOption,
    PinOption,
    PublishedOption,
    StoreOption,
    ZipOption,
    open_store,
    place_of,
    service_day,
    with_clock,
)
from trocar.entrypoints.render import cited, print_csv, print_json

if TYPE_CHECKING:
    from trocar.lookup.statement import Said

COLUMNS = ("subject", "topic", "says", "values", "citations", "not_checked", "needs")
NOT_CHECKED = 3
CODE_EXAMPLE = "Example: trocar code 77002 --on 2025-11-03 --zip 10001"
EDITS_EXAMPLE = "Example: trocar edits 20610 77002 76942 --on 2024-08-15"
# Citations a person reads; a statement that rests on more says how many.
_CITATIONS_SHOWN = 2


def code_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A HCPCS code, such as 77002.")],
    on: OnOption = None,
    zip_code: ZipOption = None,
    locality: LocalityOption = None,
    national: NationalOption = False,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
    pin: PinOption = None,
    published: PublishedOption = None,
) -> None:
    """Everything known of one code on a day: status, indicators, values, prices, units, add-on and guidance facts.

    Prices are national where no place is given. Exit code 3 when no table of the store is in force on that day.
    """
    from trocar.lookup.code import DATED_TOPICS, NATIONAL, code_facts

    day = service_day(on)
    place = place_of(zip_code, locality, national)
    opened = open_store(store, with_clock(pin, published))
    found = code_facts(opened.pack, opened.store, code, day, place or NATIONAL)
    where = ", ".join(f"{name} {value}" for name, value in (place or NATIONAL).items())
    _show(found, format_, f"{code.strip().upper()} on {day.isoformat()} (prices: {where})")
    _exit(found, {said.topic for said in found if "not_checked" not in said.to_dict()} & DATED_TOPICS)


def edits_command(
    codes: Annotated[list[str], typer.Argument(metavar="CODE CODE...", help="Two or more HCPCS codes.")],
    on: OnOption = None,
    setting: Annotated[
        EditSetting, typer.Option("--setting", help="Practitioner (also ASC) or outpatient hospital table.")
    ] = EditSetting.PRACTITIONER,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
    pin: PinOption = None,
    published: PublishedOption = None,
) -> None:
    """Every NCCI edit, add-on tie and included guidance between codes on a day, in both directions.

    Exit code 3 when the day is not covered and nothing was found.
    """
    from trocar.lookup.edits import edits_between

    day = service_day(on)
    opened = open_store(store, with_clock(pin, published))
    found = edits_between(opened.pack, opened.store, codes, day, str(setting))
    _show(found, format_, f"{' '.join(codes)} on {day.isoformat()}, {setting} claims")
    _exit(found, [said for said in found if said.topic == "edit" and "not_checked" not in said.to_dict()])


def _exit(found: Sequence[Said], answered: Any) -> None:
    if not answered and any("not_checked" in said.to_dict() for said in found):
        raise typer.Exit(NOT_CHECKED)


def _show(found: Sequence[Said], format_: Format, heading: str) -> None:
    shapes = [said.to_dict() for said in found]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(COLUMNS, shapes)
    else:
        _print_text(shapes, heading)


def _print_text(shapes: Sequence[dict[str, Any]], heading: str) -> None:
    """Statements under their subject; a citation is printed where it changes."""
    typer.secho(heading, bold=True)
    subject, sources = "", ""
    for number, shape in enumerate(shapes):
        if shape["subject"] != subject:
            typer.echo(f"{shape['subject']}")
            subject = shape["subject"]
        if "not_checked" in shape:
            typer.echo(f"  {typer.style('not checked', fg='yellow')} {shape['not_checked']}")
            continue
        # The proof of an absence has many parts: a line for each.
        for part in shape["says"].split("; ") if shape["topic"] == "absence" else [shape["says"]]:
            typer.echo(f"  {part}")
        following = shapes[number + 1] if number + 1 < len(shapes) else {}
        sources = _sources(shape)
        if sources and sources != _sources(following):
            typer.secho(f"    {sources}", dim=True)


def _sources(shape: dict[str, Any]) -> str:
    citations = shape.get("citations", [])
    more = len(citations) - _CITATIONS_SHOWN
    shown = "; ".join(cited(citation) for citation in citations[:_CITATIONS_SHOWN])
    return shown + (f"; and {more} more" if more > 0 else "")
