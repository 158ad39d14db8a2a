"""A record of a claim CSV becomes a claim line, or a problem that names the cell."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from trocar.claims.cells import PARSERS
from trocar.claims.headings import NUMBERED, column_letter, match_columns
from trocar.claims.model import ClaimLine, check_place, checked_diagnoses, checked_modifiers
from trocar.claims.pointers import checked_pointers, pointed_to
from trocar.claims.records import Record
from trocar.core.errors import ClaimInputError, InvalidCodeError

CellError = ClaimInputError | InvalidCodeError
NEVER_EMPTY = ("claim_id", "service_date", "hcpcs")
_IN_ORDER = {stem: [f"{stem}_{number}" for number in range(1, most + 1)] for stem, (most, _) in NUMBERED.items()}
GATHERED = (("modifiers", "modifier", checked_modifiers), ("diagnoses", "diagnosis", checked_diagnoses))
POINTERS = ("diagnosis_pointers", "diagnosis_pointer", checked_pointers)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that can't be read: ``error`` is its first bad cell, ``also`` the others (``TrocarError.to_dict``).

    ``claim_id`` is empty and ``line`` None where the row does not say them; ``where`` is the cell, such as
    ``claims.csv C14``.
    """

    claim_id: str
    line: int | None
    where: str
    error: dict[str, str]
    also: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of one file; ``notes`` say what is not used or taken for granted.

    Cells are addressed by the spreadsheet's letters (``C14``), or by ``headings`` where a file has no letters.
    Where no column names the claim, row 14 is the claim ``row 14``, or what ``rows_named`` says for ``row``.
    """

    name: str
    columns: dict[str, int]
    width: int
    notes: tuple[str, ...] = ()
    strict: bool = False
    headings: tuple[str, ...] | None = None
    rows_named: str = "row"

    @classmethod
    def of(cls, name: str, header: Record, *, strict: bool = False) -> Sheet:
        """The sheet under a header record; raises ``ClaimInputError`` when the headings won't do."""
        headings = list(header.cells)
        while not headings[-1]:  # spreadsheets save empty columns at the right
            headings.pop()
        columns, unknown = match_columns(headings, name=name, row=header.row)
        return cls(name, columns, len(headings), _notes(name, columns, unknown), strict)

    @classmethod
    def of_fields(cls, name: str, headings: Sequence[str], *, strict: bool = False) -> Sheet:
        """The sheet of a file whose columns have names and no letters; raises when the names won't do."""
        columns, unknown = match_columns(headings, name=name, row=None)
        return cls(name, columns, len(headings), _notes(name, columns, unknown), strict, tuple(headings))

    def numbered(self, stem: str) -> list[str]:
        """The numbered columns of a stem that the file has, by number: ``modifier_1``, ``modifier_2`` ..."""
        return [column for column in _IN_ORDER[stem] if column in self.columns]

    def judge(self, record: Record, line: int | None, first_row: int) -> ClaimLine | RowProblem:
        """The claim line of a record, or what is wrong with it; when strict, its first error is raised.

        ``line`` is the number of the row in its claim (None when the row does not say which claim or line it is)
        and ``first_row`` the first row of the file with the same claim and line (the row itself when new).
        """
        values, errors = self._cells(record)
        claim_id = self.claim_id(record.row, values)
        if line is not None and first_row != record.row:
            errors.append(self._repeated(claim_id, line, record.row, first_row))
        if not errors:
            try:
                self.gather(values, record.row)
                self.place(values, record.row)
                return ClaimLine(**{**values, "claim_id": claim_id, "line": line}, where=self.row_address(record.row))
            except (ClaimInputError, InvalidCodeError) as error:
                errors.append(error)
        if self.strict:
            raise errors[0]
        first, *others = errors
        line = values.get("line") if record.error is not None else line
        return RowProblem(claim_id, line, first.where, first.to_dict(), tuple(error.to_dict() for error in others))

    def _cells(self, record: Record) -> tuple[dict[str, Any], list[CellError]]:
        """The values of the cells that hold one, and one error per bad cell."""
        if record.error is not None:
            return self._identity(record), [record.error]
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        cells = record.cells
        for column, index in self.columns.items():
            # A row may end early: what it leaves out is empty.
            if index < len(cells) and cells[index]:
                try:
                    value = PARSERS[column](cells[index])
                    if value is not None:
                        values[column] = value
                except (ClaimInputError, InvalidCodeError) as error:
                    values[column] = None
                    error.where = self._cell(record.row, column)
                    errors.append(error)
        for column in NEVER_EMPTY:
            if column in self.columns and column not in values:
                where = self._cell(record.row, column)
                errors.append(ClaimInputError(f"{column} is empty", where=where, remedy="Fill the cell in."))
        if any(cells[self.width :]):
            where = f"{self.name} {column_letter(self.width)}{record.row}"
            remedy = "Put text that holds the delimiter between quotes."
            errors.append(ClaimInputError(f"more cells than the {self.width} headings", where=where, remedy=remedy))
        return values, errors

    def _identity(self, record: Record) -> dict[str, Any]:
        """Claim and line of a record with an error, as far as its cells tell them."""
        values: dict[str, Any] = {}
        for column in ("claim_id", "line"):
            index = self.columns.get(column, len(record.cells))
            with suppress(ClaimInputError):
                if index < len(record.cells) and record.cells[index]:
                    values[column] = PARSERS[column](record.cells[index])
        return values

    def claim_id(self, row: int, values: dict[str, Any]) -> str:
        """The claim of a row: in a file without the column each row is a claim named after itself."""
        return values.get("claim_id") or ("" if "claim_id" in self.columns else f"{self.rows_named} {row}")

    def _repeated(self, claim_id: str, line: int, row: int, first_row: int) -> CellError:
        what = f"line {line} of claim {claim_id} stands in row {first_row} already"
        remedy = "Number the lines of a claim 1, 2, 3 ..., each once."
        return ClaimInputError(what, where=self._cell(row, "line", "claim_id"), remedy=remedy)

    def gather(self, values: dict[str, Any], row: int) -> None:
        """Modifiers and diagnoses come whole or in numbered columns: one value each from now on.

        Of the diagnoses those that the line points to, where it has pointers and there are any.
        """
        held = self._held(values)
        for whole, stem, checked in (*GATHERED, POINTERS):
            if not (numbered := self.numbered(stem)):
                continue
            where = self._cell(row, *numbered)
            try:
                codes = checked(tuple(code for column in numbered for code in values.pop(column, ())))
            except ClaimInputError as error:
                error.where = where
                raise
            if codes and values.setdefault(whole, codes) != codes:
                remedy = f"Keep either the {whole} column or the numbered ones."
                raise ClaimInputError(f"{whole} are given twice and differ", where=where, remedy=remedy)
        if (pointers := values.pop(POINTERS[0], None)) and held:
            try:
                values["diagnoses"] = pointed_to(held, pointers)
            except ClaimInputError as error:
                error.where = self._cell(row, POINTERS[0], *self.numbered(POINTERS[1]))
                raise

    def _held(self, values: dict[str, Any]) -> dict[int, str]:
        """The diagnoses of a row by the position that a pointer names: that of their column, where each has its own."""
        numbered = {at: values.get(column) for at, column in enumerate(_IN_ORDER["diagnosis"], 1)}
        own = {at: codes for at, codes in numbered.items() if codes}
        if own and all(len(codes) == 1 for codes in own.values()):
            return {at: code for at, (code,) in own.items()}
        together = [code for codes in own.values() for code in codes] or values.get("diagnoses") or ()
        return dict(enumerate(together, 1))

    def place(self, values: dict[str, Any], row: int) -> None:
        """A locality cell may hold its contractor; raises when the two don't make a pair."""
        own_contractor, values["locality"] = values.get("locality") or (None, None)
        values["mac"] = own_contractor or values.get("mac")
        try:
            check_place(values.get("zip"), values["mac"], values["locality"])
        except ClaimInputError as error:
            error.where = self._cell(row, "locality", "mac")
            raise

    def row_address(self, row: int) -> str:
        """Where a row stands, such as ``claims.csv row 14``."""
        return f"{self.name} row {row}"

    def _cell(self, row: int, *columns: str) -> str:
        """The cell of the first of these columns that the file has; the row when it has none."""
        index = next((self.columns[column] for column in columns if column in self.columns), None)
        if index is None:
            return self.row_address(row)
        if self.headings is not None:
            return f"{self.row_address(row)} {self.headings[index]}"
        return f"{self.name} {column_letter(index)}{row}"


def _notes(name: str, columns: dict[str, int], unknown: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if unknown:
        notes.append(f"{name}: columns not used: {', '.join(unknown)}")
    if "claim_id" not in columns:
        notes.append(f"{name} has no claim_id column: every row is a claim of its own, compared with no other")
    return tuple(notes)
