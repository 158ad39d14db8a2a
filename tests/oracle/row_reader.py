"""The claim CSV read row by row: what the column reader must agree with, lines counted in plain dictionaries."""

from __future__ import annotations

import io

import pyarrow as pa

from trocar.claims.cells import PARSERS
from trocar.claims.csv import ClaimReading
from trocar.claims.model import ClaimLine, claim_table
from trocar.claims.records import Record, records_of, split_delimiter
from trocar.claims.rows import RowProblem, Sheet
from trocar.claims.sources import Source, Text
from trocar.core.errors import ClaimInputError, InvalidCodeError


def read_row_by_row(content: bytes, name: str = "claims.csv", *, strict: bool = False) -> ClaimReading:
    """The reading of a claim CSV that fits in memory; raises as the reader does."""
    text = Text.of(Source(name, content))
    whole, delimiter = split_delimiter(b"".join(text.pieces()).decode())
    lines = io.StringIO(whole, newline="")
    records = (record for record in records_of(lines, delimiter, name) if not record.is_blank)
    header = next(records, None)
    if header is None:
        raise ClaimInputError("the file is empty", where=name, remedy="Its first row must hold the headings.")
    if header.error is not None:
        raise header.error
    sheet = Sheet.of(name, header, strict=strict)
    met: dict[tuple[str, int], int] = {}
    last: dict[str, int] = {}
    answers = [_answer(sheet, record, met, last) for record in records]
    table = claim_table([answer for answer in answers if isinstance(answer, ClaimLine)])
    problems = tuple(answer for answer in answers if isinstance(answer, RowProblem))
    return ClaimReading(pa.table(table), problems, len(answers), (*text.notes, *sheet.notes))


def _answer(
    sheet: Sheet, record: Record, met: dict[tuple[str, int], int], last: dict[str, int]
) -> ClaimLine | RowProblem:
    claim_id = _value(sheet, record, "claim_id") if "claim_id" in sheet.columns else f"row {record.row}"
    stated = _value(sheet, record, "line")
    if record.error is not None or claim_id in ("", None, False) or stated is False:
        return sheet.judge(record, None, record.row)
    line = stated or last.get(claim_id, 0) + 1
    last[claim_id] = line
    return sheet.judge(record, line, met.setdefault((claim_id, line), record.row))


def _value(sheet: Sheet, record: Record, column: str) -> object:
    """The value of a cell, None when it is empty, False when it can't be read."""
    index = sheet.columns.get(column)
    if index is None or index >= len(record.cells) or not record.cells[index]:
        return None
    try:
        return PARSERS[column](record.cells[index])
    except (ClaimInputError, InvalidCodeError):
        return False
