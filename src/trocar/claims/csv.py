"""Read a claim CSV into the claim table: bad rows are reported by spreadsheet cell, and the rest go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from trocar.claims.model import ClaimLine, claim_table
from trocar.claims.records import content_of, records_of, split_delimiter, text_of
from trocar.claims.rows import RowProblem, Sheet
from trocar.core.errors import ClaimInputError

__all__ = ["ClaimReading", "RowProblem", "read_claims_csv"]
_ROWS_PER_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """What a claim CSV held: every row read is a row of ``table`` or one of ``problems``, never both.

    ``table`` has ``CLAIM_SCHEMA`` and is in file order. ``notes`` say what the reader left aside or took for
    granted (columns it does not know, a guessed encoding, no claim_id).
    """

    table: pa.Table
    problems: tuple[RowProblem, ...]
    rows_read: int
    notes: tuple[str, ...] = ()


def read_claims_csv(source: Path | BinaryIO, *, name: str = "", strict: bool = False) -> ClaimReading:
    """Read claim lines from a CSV: comma, tab, semicolon or pipe; UTF-8 or Windows-1252; gzip or not.

    ``name`` begins every address (default: the file's own name, ``claims.csv`` for a stream). Raises
    ``ClaimInputError`` when the file as a whole can't be read and, with ``strict``, the error of its first bad
    row. The format is documented in ``docs/formats/claims-csv.md``.
    """
    name = name or (source.name if isinstance(source, Path) else "claims.csv")
    text, notes = text_of(content_of(source, name), name)
    text, delimiter = split_delimiter(text)
    records = (record for record in records_of(text, delimiter, name) if not record.is_blank)
    header = next(records, None)
    if header is None:
        raise ClaimInputError("the file is empty", where=name, remedy="Its first row must hold the headings.")
    if header.error is not None:
        raise header.error
    sheet = Sheet.of(name, header, strict=strict)
    batches: list[pa.Table] = []
    lines: list[ClaimLine] = []
    problems: list[RowProblem] = []
    rows_read = 0
    for record in records:
        rows_read += 1
        answer = sheet.read(record)
        if isinstance(answer, RowProblem):
            problems.append(answer)
            continue
        lines.append(answer)
        if len(lines) == _ROWS_PER_BATCH:
            batches.append(claim_table(lines))
            lines.clear()
    table = pa.concat_tables([*batches, claim_table(lines)]).combine_chunks()
    return ClaimReading(table, tuple(problems), rows_read, (*notes, *sheet.notes))
