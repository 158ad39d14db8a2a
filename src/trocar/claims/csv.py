"""Read a claim CSV into the claim table: bad rows are reported by spreadsheet cell, and the rest go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from trocar.claims.columns import ColumnReader
from trocar.claims.rows import RowProblem
from trocar.claims.sources import Source, Text
from trocar.claims.split import ROWS_PER_PART, CsvBook
from trocar.claims.table import CLAIM_SCHEMA

__all__ = ["ClaimReading", "RowProblem", "read_claims_csv"]
ROWS_PER_CHUNK = ROWS_PER_PART


@dataclass(frozen=True, slots=True)
class ClaimReading:
    """What a claim file, or a chunk of one, held: every row read is in ``table`` or in ``problems``, never both.

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
    row. Without a claim_id column the rows are claims of their own, named after their number.
    The format is documented in ``docs/formats/claims-csv.md``. For a file larger than memory: ``books``.
    """
    name = name or (source.name if isinstance(source, Path) else "claims.csv")
    book = CsvBook.of(Text.of(Source.of(source, name)), strict=strict)
    reader = ColumnReader(book.sheet)
    tables = [CLAIM_SCHEMA.empty_table()]
    problems: list[RowProblem] = []
    for block in book.blocks(ROWS_PER_CHUNK):
        table, refused = reader.read(block)
        tables.append(table)
        problems += refused
    table = pa.concat_tables(tables).combine_chunks()
    return ClaimReading(table, tuple(problems), table.num_rows + len(problems), book.notes)
