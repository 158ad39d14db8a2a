"""Claims of a request as the engine reads them: JSON lines, or files in the formats of ``trocar check``."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.columns import ColumnReader
from trocar.claims.csv import RowProblem
from trocar.claims.fields import JsonBook
from trocar.claims.sources import Source, Text
from trocar.claims.split import CsvBook
from trocar.claims.table import CLAIM_SCHEMA
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http.bodies import NDJSON, Upload
from trocar.entrypoints.http.errors import HttpError

# The name of a JSON body's lines in addresses: ``lines row 3 hcpcs``.
LINES = "lines"
# Pairs of lines of one claim and day that one request may bring: an institutional claim at its longest four times over.
MOST_PAIRS = 4_000_000
_UTF8_MARK = b"\xef\xbb\xbf"


def lines_of(body: Any, most: int) -> Input:
    """The claim lines of a JSON body ``{"lines": [{...}, ...]}``, keys as the columns of the claim CSV.

    A line that can't be read is one of the problems; raises ``HttpError`` where the body is not of that shape.
    """
    if not isinstance(body, dict) or not isinstance(body.get(LINES), list):
        raise HttpError(422, 'the body is not {"lines": [...]}', where="body", remedy="See /api/v1/docs.")
    if unknown := [name for name in body if name != LINES]:
        raise HttpError(422, f"{unknown[0]!r} is not known", where="body", remedy='Send {"lines": [...]} alone.')
    lines = body[LINES]
    if not lines:
        raise HttpError(422, "there are no lines", where=f"body {LINES}", remedy="Send at least one claim line.")
    for at, line in enumerate(lines):
        if not isinstance(line, dict):
            raise HttpError(422, "the line is not an object", where=f"body {LINES}[{at}]", remedy="See /api/v1/docs.")
    # As text for the one reader of JSON lines, escaped: half a character is then a line that can't be read.
    content = "\n".join(json.dumps(line) for line in lines)
    return read_file(Upload(LINES, content.encode(), NDJSON), most)


def read_file(file: Upload, most: int) -> Input:
    """The claim lines of a file. Raises ``ClaimInputError``, and ``HttpError`` 413 for too many of them."""
    tables: list[pa.Table] = []
    problems: list[RowProblem] = []
    rows = 0
    book = _book(file)
    reader = ColumnReader(book.sheet)
    for block in book.blocks(most + 1):
        rows += len(block)
        if rows > most:
            remedy = "Send fewer claims at a time."
            raise HttpError(413, f"more than {most:,} claim lines", where=file.name, remedy=remedy)
        table, refused = reader.read(block)
        tables.append(table)
        problems += refused
    # One block is the rule, and is taken as it is: putting columns together takes a sixth of the reading of a claim.
    together = (
        tables[0] if len(tables) == 1 else pa.concat_tables([CLAIM_SCHEMA.empty_table(), *tables]).combine_chunks()
    )
    _check_pairs(together, file.name)
    return Input(together, tuple(problems), rows, book.notes)


def _check_pairs(table: pa.Table, name: str) -> None:
    """Raises ``HttpError`` 413 where the lines of a claim and day, each compared with each, are too many pairs."""
    if table.num_rows**2 <= MOST_PAIRS:
        return
    counts = table.group_by(["claim_id", "service_date"]).aggregate([([], "count_all")])["count_all"]
    if pc.sum(pc.multiply(counts, counts)).as_py() > MOST_PAIRS:
        what = f"claims of up to {pc.max(counts).as_py():,} lines on one day"
        remedy = "Check that claim_id tells claims apart; a claim form holds 50 lines, an institutional one 999."
        raise HttpError(413, what, where=name, remedy=remedy)


def _book(file: Upload) -> JsonBook | CsvBook:
    """CSV or JSON lines, as was said, or told apart by content."""
    source = Source(file.name, file.content)
    looks_like_json = file.content.removeprefix(_UTF8_MARK).lstrip().startswith(b"{")
    if file.kind == NDJSON or (file.kind is None and looks_like_json):
        return JsonBook(Text.of(source, json=True))
    return CsvBook.of(Text.of(source))
