"""Sections of a book of remittances on the command line: text, JSON lines, CSV, or written to a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format
from trocar.entrypoints.render import csv_text, print_columns, print_json

if TYPE_CHECKING:
    from trocar.denials.section import Section

SUFFIXES = (".xlsx", ".html", ".csv")
# On a screen more rows than these are not read; -o writes all.
_MOST_ROWS = 20
_WIDEST = 60


def check_report(output: Path | None) -> None:
    """Raises ``UsageError`` for a file of a kind that is not written."""
    if output is not None and output.suffix not in SUFFIXES:
        remedy = f"One of {', '.join(SUFFIXES)}."
        raise UsageError(f"{output.suffix!r} is not a kind of report", where=f"-o {output}", remedy=remedy)


def show(sections: Sequence[Section], format_: Format, every_row: str = "-o FILE.xlsx") -> None:
    """Print sections; in text those without rows in one line, and of long ones the first rows.

    ``every_row`` is how the command is asked for all of them.
    """
    if format_ is Format.JSON:
        print_json({"section": section.id, **_plain(row)} for section in sections for row in section.rows)
    elif format_ is Format.CSV:
        typer.echo(csv_of(sections), nl=False)
    else:
        for section in sections:
            _print(section, every_row)


def write(sections: Sequence[Section], output: Path, title: str) -> None:
    """Write sections to a workbook, a page or a CSV, and say so."""
    from trocar.denials.report import write_page, write_workbook
    from trocar.files.whole import written_whole

    if output.suffix == ".xlsx":
        write_workbook(output, sections)
    elif output.suffix == ".html":
        write_page(output, title, sections)
    else:
        with written_whole(output) as path:
            path.write_text(csv_of(sections), "utf-8")
    typer.echo(f"written: {output}")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def csv_of(sections: Sequence[Section]) -> str:
    """One table: the section, then every column that any of them has."""
    columns = list(dict.fromkeys(["section", *(column for section in sections for column in section.columns)]))
    return csv_text(columns, ({"section": section.id, **row} for section in sections for row in section.rows))


def _print(section: Section, every_row: str) -> None:
    from trocar.denials.report import cell, heading

    typer.secho(f"\n{section.title}", bold=True)
    if not section.rows:
        typer.echo("none")
    else:
        shown = section.rows[:_MOST_ROWS]
        columns = section.columns[: section.texts_from or None]
        headings = [heading(column) for column in columns]
        print_columns(headings, [[_short(cell(row[column])) for column in columns] for row in shown])
        for row in shown if section.texts_from else ():
            typer.secho(f"\n{cell(row[columns[0]])}", bold=True)
            for column in section.columns[section.texts_from :]:
                if text := cell(row[column]):
                    typer.echo(f"  {heading(column):<12}{text}")
        if len(section.rows) > len(shown):
            typer.echo(f"... {len(section.rows) - len(shown)} more rows: {every_row}")
    for note in section.notes:
        typer.echo(f"note: {note}")


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
