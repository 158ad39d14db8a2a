"""Blocks of rows become rows of the claim table, and a problem for each row that can't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.blocks import FEW_ROWS, Block, Codes
from trocar.claims.ledger import Ledger
from trocar.claims.model import MOST_MODIFIERS, MOST_UNITS, ClaimLine
from trocar.claims.records import Record
from trocar.claims.rows import GATHERED, NEVER_EMPTY, POINTERS, RowProblem, Sheet
from trocar.claims.table import CLAIM_SCHEMA
from trocar.claims.values import EVERY_ROW, MONEY, Rows, Values, combinations, each, read_values


class ColumnReader:
    """Reads the blocks of one file in order; what it remembers between them is the ledger of claims.

    Without it (``remembers`` false) every row must state its line number, and repeated lines are not told.
    With ``encoded`` the table has the shape in which a book's work files hold it: a column of few texts is a
    dictionary, a column without any value has the type null.

    Cells are judged by the parsers of ``cells`` and rows by ``Sheet``, as one by one; a row with anything wrong
    goes to ``Sheet.judge`` as a whole, so that every message has one origin.
    """

    def __init__(self, sheet: Sheet, *, remembers: bool = True, encoded: bool = False) -> None:
        self._sheet = sheet
        self._encoded = encoded
        self._ledger = Ledger() if remembers else None

    def read(self, block: Block) -> tuple[pa.Table, tuple[RowProblem, ...]]:
        """The rows of the claim table, and a problem for each of the others; strict raises the first error."""
        read = {name: read_values(name, column) for name, column in block.columns.items()}
        claim_ids, lines, first_rows = self._identities(block, read)
        made_of_several = {whole: self._gathered(whole, stem, read, len(block)) for whole, stem, _ in GATHERED}
        made_of_several["place"] = self._places(read, len(block))
        bad = (first_rows != block.rows) | (lines > MOST_UNITS) | self._lacking(read, len(block))
        bad[list(block.records)] = True
        for column in (*read.values(), *made_of_several.values()):
            bad |= column.bad_rows()
        problems = tuple(self._problem(block, int(at), lines, first_rows) for at in np.flatnonzero(bad))
        keep = np.flatnonzero(~bad) if np.count_nonzero(bad) else EVERY_ROW
        made = {"claim_id": _kept(claim_ids, keep), "line": pa.array(lines[keep], pa.int32())}
        made["where"] = self._where(block, keep)
        return _table(read | made_of_several, made, keep, encoded=self._encoded), problems

    def _lacking(self, read: Mapping[str, Values], length: int) -> Rows:
        """Rows without a cell that must not be empty."""
        lacking = np.zeros(length, bool)
        for name in NEVER_EMPTY:
            if name in read:
                lacking |= read[name].empty_rows()
            elif name in self._sheet.columns:
                lacking[:] = True
        return lacking

    def _identities(self, block: Block, read: Mapping[str, Values]) -> tuple[pa.Array, Codes, Codes]:
        """Claim, line (0 where the row does not say which it is) and the first row with the same claim and line."""
        known = np.ones(len(block), bool)
        known[[at for at, record in block.records.items() if record.error]] = False
        given = np.zeros(len(block), np.int64)
        if "line" in read:
            known &= ~read["line"].bad_rows()
            stated = np.array([number or 0 for number in read["line"].listed()], np.int64)
            given = stated[read["line"].codes]
        if "claim_id" not in self._sheet.columns:
            # Every row is a claim of its own, named after itself: none can repeat.
            claim_ids = pc.binary_join_element_wise(self._sheet.rows_named, pa.array(block.rows).cast(pa.string()), " ")
            return claim_ids, np.where(known, np.maximum(given, 1), 0), block.rows
        lines, first_rows = np.zeros_like(given), block.rows.copy()
        if "claim_id" not in read:
            return pa.nulls(len(block), pa.string()), lines, first_rows
        # Different texts may be one id (" A" and "A"): what counts is the id read.
        column = read["claim_id"].array(pa.string())
        if self._ledger is None:
            known &= column.is_valid().to_numpy(zero_copy_only=False)
            return column, np.where(known, given, 0), first_rows
        names, claims = _numbered(column)
        known &= claims >= 0
        lines[known], first_rows[known] = self._ledger.number(names, claims[known], given[known], block.rows[known])
        return column, lines, first_rows

    def _gathered(self, whole: str, stem: str, read: dict[str, Values], length: int) -> Values:
        """Modifiers or diagnoses of each row, from the whole column, the numbered ones, or both."""
        pointers = (POINTERS[0], *self._sheet.numbered(POINTERS[1])) if whole == "diagnoses" else ()
        names = [name for name in (whole, *self._sheet.numbered(stem), *pointers) if name in read]
        if names == [whole]:
            return read[whole]
        codes, met = combinations({name: read[name] for name in names}, length)
        return each(codes, met, lambda values: self._gather(whole, values))

    def _gather(self, whole: str, values: dict[str, Any]) -> tuple[str, ...]:
        self._sheet.gather(values, row=0)
        return values.get(whole) or ()

    def _places(self, read: Mapping[str, Values], length: int) -> Values:
        """Contractor and locality of each row. A ZIP needs no look here: its shape is all that is asked of it."""
        columns = {name: read[name] for name in ("locality", "mac") if name in read}
        codes, met = combinations(columns, length)
        return each(codes, met, self._place)

    def _place(self, values: dict[str, Any]) -> tuple[str | None, str | None]:
        self._sheet.place(values, row=0)
        return values["mac"], values["locality"]

    def _problem(self, block: Block, at: int, lines: Codes, first_rows: Codes) -> RowProblem:
        record = block.records.get(at)
        if record is None:
            cells = [""] * self._sheet.width
            for name, column in block.columns.items():
                cells[self._sheet.columns[name]] = column.text(at)
            record = Record(int(block.rows[at]), cells)
        answer = self._sheet.judge(record, int(lines[at]) or None, int(first_rows[at]))
        if isinstance(answer, ClaimLine):
            raise AssertionError(f"{answer.where} was refused by its columns, but reads well as a row")
        return answer

    def _where(self, block: Block, keep: Codes | slice) -> pa.Array:
        given = None if block.where is None else _kept(block.where, keep)
        if given is not None and not given.null_count:
            return given
        rows = block.rows[keep]
        if len(rows) < FEW_ROWS:
            own = pa.array(map(self._sheet.row_address, rows.tolist()), pa.string())
        else:
            beginning = self._sheet.row_address(0).removesuffix("0")
            own = pc.binary_join_element_wise(beginning, pa.array(rows).cast(pa.string()), "")
        return own if given is None else pc.coalesce(given, own)


def _numbered(names: pa.Array) -> tuple[list[str], Codes]:
    """The distinct names in the order in which they come, and which of them each row has (-1: none)."""
    if len(names) < FEW_ROWS:
        numbers: dict[str, int] = {}
        listed = names.to_pylist()
        codes = [-1 if name is None else numbers.setdefault(name, len(numbers)) for name in listed]
        return [*numbers], np.array(codes, np.int64)
    encoded = names.dictionary_encode()
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), indices.astype(np.int64)


def _never_null(diagnoses: Values) -> Values:
    """The diagnoses of each row, none as an empty list."""
    if isinstance(diagnoses.values, pa.Array):
        nothing = pa.scalar([], CLAIM_SCHEMA.field("diagnoses").type)
        return replace(diagnoses, values=pc.fill_null(diagnoses.as_arrow(nothing.type), nothing))
    return replace(diagnoses, values=[codes or () for codes in diagnoses.values])


def _kept(cells: pa.Array, keep: Codes | slice) -> pa.Array:
    return cells if isinstance(keep, slice) else cells.take(pa.array(keep))


def _table(read: Mapping[str, Values], made: Mapping[str, pa.Array], keep: Codes | slice, *, encoded: bool) -> pa.Table:
    """The claim table of the rows to keep; a column that the file does not have is null throughout."""
    columns = {**read, **{name: read[source] for name, source in MONEY.items() if source in read}}
    places = read["place"]
    for at, name in enumerate(("mac", "locality")):
        columns[name] = replace(places, values=[pair and pair[at] for pair in places.values])
    modifiers = read["modifiers"]
    for at in range(MOST_MODIFIERS):
        values = [codes[at] if codes and len(codes) > at else None for codes in modifiers.values]
        columns[f"modifier_{at + 1}"] = replace(modifiers, values=values)
    columns["diagnoses"] = _never_null(columns["diagnoses"])
    length = len(made["line"])
    arrays = []
    for field in CLAIM_SCHEMA:
        if field.name in made:
            arrays.append(made[field.name])
        elif field.name not in columns:
            arrays.append(pa.nulls(length, pa.null() if encoded else field.type))
        elif encoded:
            arrays.append(columns[field.name].encoded(field.type, keep))
        else:
            arrays.append(columns[field.name].array(field.type, keep))
    if not encoded:
        return pa.Table.from_arrays(arrays, schema=CLAIM_SCHEMA)
    return pa.Table.from_arrays(arrays, CLAIM_SCHEMA.names)
