"""Printing: lines of text, one JSON object per line, CSV rows, citations in one line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import typer

# Enough of a hash to recognise a file by eye; the whole of it is in the JSON.
_HASH_SHOWN = 8
# How a text begins that a spreadsheet would run (each of these, or a control character before one), unless a number.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?%?")


def json_line(shape: Mapping[str, Any]) -> str:
    """One object as one line; dates as ISO text."""
    return json.dumps(shape, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON shape")


def print_json(shapes: Iterable[Mapping[str, Any]]) -> None:
    """One object per line on standard output."""
    for shape in shapes:
        typer.echo(json_line(shape))


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV under a header; lists are joined by ``; ``, what is missing is empty."""
    return _csv(columns, ([_cell(row.get(column)) for column in columns] for row in rows))


def csv_for_spreadsheets(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The same for a spreadsheet, which opens it at a click: its encoding marked, and no text that runs as a formula.

    A text that begins like a formula and is no number gets an apostrophe before it.
    """
    cells = ([_no_formula(_cell(row.get(column))) for column in columns] for row in rows)
    return _csv(columns, cells).encode("utf-8-sig")


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _no_formula(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def print_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows as CSV on standard output."""
    typer.echo(csv_text(columns, rows), nl=False)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(cited(entry) if isinstance(entry, Mapping) else str(entry) for entry in value)
    return json_line(value) if isinstance(value, Mapping) else value


def cited(citation: Mapping[str, Any]) -> str:
    """A citation in one line: release, file, line, the beginning of the file's hash."""
    return (
        f"{citation['release']} · {citation['file']} · line {citation['line']} · "
        f"sha256 {citation['sha256'][:_HASH_SHOWN]}…"
    )


def print_columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table in aligned columns without rules; the last column is not padded."""
    widths = [max(len(row[at]) for row in (headings, *rows)) for at in range(len(headings))]
    for row in (headings, *rows):
        typer.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
