"""A titled table: what the terminal, CSV, JSON, the workbook and the page all show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from trocar.core.money import dollars


@dataclass(frozen=True, slots=True)
class Section:
    """A table: names of its columns, rows, which columns are dollars, what to chart (a column against the first)."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    money: tuple[str, ...] = ()
    chart: str = ""
    notes: tuple[str, ...] = ()
    # Columns from here on are texts to read: people get them below the row, in lines of their own. 0: none are.
    texts_from: int = 0

    @property
    def in_words(self) -> str:
        """What the chart shows, for those who can't see it; empty where there is none."""
        if not self.chart or not self.rows:
            return ""
        most = max(self.rows, key=lambda row: row[self.chart])
        measure = self.chart.replace("_", " ")
        name = most[self.columns[0]] or "(none)"
        return f"{self.title}: most {measure} at {name} (${most[self.chart]:,}), of {len(self.rows)} groups."


def rows_of(database: duckdb.DuckDBPyConnection, statement: str, money: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The rows of a query by column; the columns named as money are cents there and dollars here."""
    cursor = database.cursor().execute(statement)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name in money:
            row[name] = None if row[name] is None else dollars(row[name])
    return rows


def section_of(
    database: duckdb.DuckDBPyConnection,
    id_: str,
    title: str,
    statement: str,
    money: tuple[str, ...] = (),
    chart: str = "",
    notes: tuple[str, ...] = (),
) -> Section:
    """The section of a query; the columns named as money are cents there and dollars here."""
    cursor = database.cursor().execute(f"{statement} LIMIT 0")
    columns = tuple(column[0] for column in cursor.description)
    return Section(id_, title, columns, rows_of(database, statement, money), money, chart, notes)
