"""NCCI add-on code edits: which primary procedure each add-on code must stand beside, with dates."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from trocar.core.codes import Hcpcs
from trocar.core.period import Period, quarter
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.code_cells import parse_code
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.release_names import quarter_named

CONTRACTOR_DEFINED = "CCCCC"

_HEADINGS = {
    "edit_type": "aoc_edit_type",
    "addon": "add-on_code",
    "addon_deletion": "aoc_deldt",
    "primary": "primary_code",
    "primary_deletion": "primary_code_deldt",
    "effective": "aoc_edit_effdt",
    "deletion": "aoc_edit_deldt",
    "instruction": "special_instruction_notes",
}
_SCHEMA = pa.schema(
    {
        "edit_type": pa.int8(),
        "addon": pa.string(),
        "addon_deletion": pa.date32(),
        "primary": pa.string(),
        "primary_deletion": pa.date32(),
        "effective": pa.date32(),
        "deletion": pa.date32(),
        "instruction": pa.string(),
        "line": pa.int32(),
    }
)
_HEADER_WITHIN = 10

Row = Sequence[Any]


def _sheet_rows(source: SourceFile) -> Iterator[tuple[int, Row]]:
    """Sheet row (from 1) and cell values of the first sheet; raises ``ReferenceFileError`` when it won't open."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(source.content), read_only=True, data_only=True)
        yield from enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
    # openpyxl lets through whatever its zip and XML layers raise on a cut-off workbook.
    except (
        BadZipFile,
        InvalidFileException,
        KeyError,
        IndexError,
        EOFError,
        SyntaxError,
        ValueError,
        OSError,
    ) as error:
        raise refusal(source, f"the workbook can't be opened ({error})") from error


def _positions(row: Row) -> dict[str, int] | None:
    printed = [str(cell or "").strip().lower() for cell in row]
    if not set(_HEADINGS.values()) <= set(printed):
        return None
    return {name: printed.index(heading) for name, heading in _HEADINGS.items()}


def _recognises(source: SourceFile) -> bool:
    if not source.head.startswith(b"PK") or not source.name.lower().endswith(".xlsx"):
        return False
    return any(_positions(row) for _, row in islice(_sheet_rows(source), _HEADER_WITHIN))


def _read(source: SourceFile) -> Reading:
    """Rows of the ``addon`` table, ``line`` being the sheet row; raises ``ReferenceFileError`` on a damaged row."""
    stated = quarter_named(source.member, source.path.name)
    if stated is None:
        remedy = "Keep CMS's own file name, such as AOC_V2026Q2-MCR.xlsx."
        raise refusal(source, "the quarter is not in the file name", remedy=remedy)
    positions: dict[str, int] | None = None
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    for number, row in _sheet_rows(source):
        if positions is None:
            positions = _positions(row)
        elif any(cell is not None for cell in row):
            cells = {name: _text(row[at]) for name, at in positions.items()}
            for name, value in {**_edit(cells, source, number), "line": number}.items():
                columns[name].append(value)
    if not columns["line"]:
        raise refusal(source, "no add-on code edits below a header row")
    return Reading(
        table="addon",
        rows=pa.table(columns, schema=_SCHEMA),
        release=f"AOC{stated[0]}Q{stated[1]}",
        period=Period(min(columns["effective"]), quarter(*stated).last),
        dated=True,
        history=True,
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _edit(cells: dict[str, str], source: SourceFile, line: int) -> dict[str, Any]:
    """One row of the ``addon`` table."""
    if cells["edit_type"] not in ("1", "2", "3"):
        raise refusal(source, f"add-on edit type {cells['edit_type']!r} is not 1, 2 or 3", line)
    primary = cells["primary"]
    edit = {
        "edit_type": int(cells["edit_type"]),
        "addon": parse_code(Hcpcs, cells["addon"], source, line),
        "primary": primary if primary == CONTRACTOR_DEFINED else parse_code(Hcpcs, primary, source, line),
        "instruction": cells["instruction"].strip('"'),
    }
    for name in ("addon_deletion", "primary_deletion", "effective", "deletion"):
        edit[name] = _julian(cells[name], source, line)
    if edit["effective"] is None:
        raise refusal(source, "the edit has no effective date", line)
    return edit


def _julian(text: str, source: SourceFile, line: int) -> date | None:
    """A ``YYYYDDD`` day, such as 2013091 for 1 April 2013; None for a blank cell."""
    if not text:
        return None
    if len(text) == 7 and text.isascii() and text.isdigit() and text[:4] > "1900":
        new_year = date(int(text[:4]), 1, 1)
        day = date.fromordinal(new_year.toordinal() + int(text[4:]) - 1)
        if day.year == new_year.year and day >= new_year:
            return day
    raise refusal(source, f"{text!r} is not a date (year and day of the year, YYYYDDD)", line)


READER = Reader("aoc", _recognises, _read)
