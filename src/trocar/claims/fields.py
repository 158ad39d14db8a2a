"""Rows of JSON lines as blocks of text, and the text of any typed value."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.claims.blocks import Block, Coded
from trocar.claims.headings import KNOWN, NUMBERED, SYNONYMS, plain
from trocar.claims.records import Record
from trocar.claims.rows import Sheet
from trocar.claims.sources import Text
from trocar.claims.split import Stream
from trocar.core.errors import ClaimInputError

# The claim table's own names for money, which the claim CSV gives in dollars.
IN_CENTS = {"charge_cents": "charge", "deductible_remaining_cents": "deductible_remaining"}
# Objects take ten times the memory of columns.
_MOST_OBJECTS = 50_000
_LISTS = frozenset({"modifiers", "diagnoses", "diagnosis_pointers"})


def cell_text(value: object, *, in_cents: bool = False) -> str:
    """The text a claim CSV would hold for a typed value; a float is read by its shortest decimal form, never used."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if in_cents:
        text = str(value)
        digits = text.removeprefix("-")
        sign = text.removesuffix(digits)
        return f"{sign}{digits.zfill(3)[:-2]}.{digits.zfill(3)[-2:]}" if digits.isdecimal() else f"{text} cents"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else str(value)


class JsonBook:
    """A file of claim lines as JSON, one object a line, with the keys of the claim CSV or of the claim table.

    Where ``names_claims`` is false no line has a claim's id, and each is a claim of its own.
    """

    def __init__(self, text: Text, *, strict: bool = False, names_claims: bool = True) -> None:
        numbered = [f"{stem}_{number}" for stem, (most, _) in NUMBERED.items() for number in range(1, most + 1)]
        columns = [name for name in (*SYNONYMS, *numbered) if names_claims or name != "claim_id"]
        self.sheet = Sheet.of_fields(text.source.name, columns, strict=strict)
        self._text = text
        self._columns: dict[str, str | None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be guessed, and the keys met so far that are not used."""
        unknown = [repr(key) for key, column in self._columns.items() if column is None]
        note = f"{self.sheet.name}: keys not used, they are not known: {', '.join(unknown)}"
        return (*self._text.notes, *self.sheet.notes, *([note] if unknown else []))

    @property
    def numbers_every_line(self) -> bool:
        """Nothing says beforehand that every row states its line number."""
        return False

    def parts(self) -> tuple[JsonBook, ...]:
        """The file itself: the line numbers of a claim hang on all that stands before."""
        return (self,)

    def blocks(self, rows: int) -> Iterator[Block]:
        """The rows in file order, in blocks of at most so many; a row is known by its line, counted from 1."""
        lines = io.TextIOWrapper(io.BufferedReader(Stream(self._text.pieces())), encoding="utf-8", newline="\n")
        filled = ((row, line) for row, line in enumerate(lines, 1) if line.strip())
        while batch := list(islice(filled, min(rows, _MOST_OBJECTS))):
            yield self._block([row for row, _ in batch], [line for _, line in batch])

    def _block(self, rows: Sequence[int], lines: Sequence[str]) -> Block:
        objects: list[dict[str, Any]] = []
        records: dict[int, Record] = {}
        for at, line in enumerate(lines):
            try:
                objects.append(_object(line))
            except ClaimInputError as error:
                error.where = self.sheet.row_address(rows[at])
                objects.append({})
                records[at] = Record(rows[at], [], error)
        keys = {key: None for fields in objects for key in fields}
        cells: dict[str, list[str]] = {}
        for key in keys:
            if (column := self._column(key)) is not None:
                made = self._cells(key, column, [fields.get(key) for fields in objects], rows, records)
                cells[column] = self._either(key, cells.get(column), made, rows, records)
        where = _addresses(objects) if "where" in keys else None
        columns = {column: Coded.of_texts(texts) for column, texts in cells.items()}
        return Block(np.array(rows, np.int64), columns, records, where)

    def _column(self, key: str) -> str | None:
        if key == "where":
            return None
        if key not in self._columns:
            self._columns[key] = IN_CENTS.get(key) or KNOWN.get(plain(key))
        return self._columns[key]

    def _cells(
        self, key: str, column: str, found: Sequence[Any], rows: Sequence[int], records: dict[int, Record]
    ) -> list[str]:
        """The texts of a key's values; a value of a kind that the column can't hold makes its row a problem."""
        in_cents = key in IN_CENTS
        cells = []
        for at, value in enumerate(found):
            if type(value) is str and not in_cents:
                cells.append(value)
            elif isinstance(value, list) and column in _LISTS and all(isinstance(part, str) for part in value):
                cells.append(" ".join(value))
            elif isinstance(value, list | dict):
                self._refuse(at, rows, records, key, f"{value!r} is not one value")
                cells.append("")
            else:
                cells.append(cell_text(value, in_cents=in_cents))
        return cells

    def _either(
        self, key: str, before: list[str] | None, now: list[str], rows: Sequence[int], records: dict[int, Record]
    ) -> list[str]:
        """Two keys may mean one column, but not in one row."""
        if before is None:
            return now
        for at in range(len(now)):
            if before[at] and now[at]:
                self._refuse(at, rows, records, key, "another key of the line means the same column")
        return [first or second for first, second in zip(before, now, strict=True)]

    def _refuse(self, at: int, rows: Sequence[int], records: dict[int, Record], key: str, what: str) -> None:
        where = f"{self.sheet.row_address(rows[at])} {key}"
        remedy = "Give each column one value; modifiers and diagnoses may be lists of texts."
        records.setdefault(at, Record(rows[at], [], ClaimInputError(what, where=where, remedy=remedy)))


def _addresses(objects: Sequence[dict[str, Any]]) -> pa.Array:
    """The addresses that lines brought with them, null where they have none."""
    found = (fields.get("where") for fields in objects)
    return pa.array([where if isinstance(where, str) else None for where in found], pa.string())


def _object(line: str) -> dict[str, Any]:
    """One line's object, its numbers as the digits that were written; raises ``ClaimInputError``."""
    try:
        found = json.loads(line, parse_float=str, parse_int=str)
        if "\\ud" in line.lower():  # half a character, written as an escape, is no text
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        what = f"the line is not JSON ({error})"
        raise ClaimInputError(what, remedy="Write one object per line.") from error
    if not isinstance(found, dict):
        raise ClaimInputError("the line is JSON, but not an object", remedy="Write one object per line.")
    return found
