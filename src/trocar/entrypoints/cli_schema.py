"""``trocar schema``: the columns of the claim CSV as a template, and those of the tables that are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import print_columns, print_csv, print_json

EXAMPLE = "Example: trocar schema csv > claims.csv"


class Shape(StrEnum):
    """What is read, and what is written."""

    CSV = "csv"
    FINDINGS = "findings"
    PRICES = "prices"


def schema_command(
    shape: Annotated[
        Shape, typer.Argument(metavar="SHAPE", help="csv (claims to read), findings or prices (tables written).")
    ],
    format_: FormatOption = Format.TEXT,
) -> None:
    """The headings of a claim CSV, to be filled in; or the columns of the findings or prices table with their types.

    With --format json or csv, one entry per column: for the claim CSV whether it is required, and the other headings
    it is known by.
    """
    rows = _claim_columns() if shape is Shape.CSV else _written_columns(shape)
    names = tuple(rows[0])
    if format_ is Format.JSON:
        print_json(rows)
    elif format_ is Format.CSV:
        print_csv(names, rows)
    elif shape is Shape.CSV:
        typer.echo(",".join(row["column"] for row in rows))
    else:
        print_columns(names, [[row[name] for name in names] for row in rows])


def _claim_columns() -> Sequence[Mapping[str, Any]]:
    from trocar.claims.headings import NUMBERED, REQUIRED, SYNONYMS
    from trocar.claims.rows import GATHERED, POINTERS

    numbered = {
        column: [f"{stem}_1 to {stem}_{NUMBERED[name][0]}" for stem in NUMBERED[name][1]]
        for column, name, _ in (*GATHERED, POINTERS)
    }
    return [
        {
            "column": column,
            "required": column in REQUIRED,
            "other_headings": list(others),
            "numbered": numbered.get(column, []),
        }
        for column, others in SYNONYMS.items()
    ]


def _written_columns(shape: Shape) -> Sequence[Mapping[str, Any]]:
    from trocar.book.prices import PRICES_SCHEMA
    from trocar.scrub.findings_table import FINDINGS_SCHEMA

    schema = FINDINGS_SCHEMA if shape is Shape.FINDINGS else PRICES_SCHEMA
    return [{"column": field.name, "type": str(field.type)} for field in schema]
