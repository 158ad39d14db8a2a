"""Claims of a request as the engine reads them: JSON lines, or files in the formats of ``trocar check``."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trocar.claims.books import BookFile, open_content
from trocar.claims.csv import ClaimReading
from trocar.claims.fields import JsonBook
from trocar.claims.headings import KNOWN, plain
from trocar.claims.sources import PARQUET, Source, Text
from trocar.claims.split import CsvBook
from trocar.claims.table import CLAIM_SCHEMA
from trocar.claims.x12.masking import Pseudonyms
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http.bodies import CSV, NDJSON, Upload, too_large
from trocar.entrypoints.http.errors import HttpError

# The name of a JSON body's lines in addresses: ``lines row 3 hcpcs``.
LINES = "lines"
# Pairs of lines of one claim and day that one request may bring: an institutional claim at its longest four times over.
MOST_PAIRS = 4_000_000
_ZIP = b"PK\x03\x04"


def lines_of(body: Any, most: int) -> Input:
    """The claim lines of a JSON body ``{"lines": [{...}, ...]}``, keys as the columns of the claim CSV.

    A line that can't be read is one of the problems; where no line names its claim, each is one of its own. Raises
    ``HttpError`` where the body is not of that shape.
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
    names_claims = any(KNOWN.get(plain(key)) == "claim_id" for line in lines for key in line)
    text = Text.of(Source(LINES, content.encode()), json=True)
    return _read(BookFile(Path(LINES), LINES, JsonBook(text, names_claims=names_claims)), most)


def read_file(file: Upload, most: int, most_bytes: int) -> Input:
    """The claim lines of a file. Raises ``ClaimInputError``, and ``HttpError`` 413 for too many lines or bytes.

    ``most_bytes`` bounds what a zip or a Parquet file says it holds: its own size bounds nothing. Patients get
    pseudonyms of this one reading, whose key nobody keeps.
    """
    check_size(file, most_bytes)
    return _read(_book(file), most)


def _read(book: BookFile, most: int) -> Input:
    read: list[ClaimReading] = []
    rows = 0
    for reading in book.chunks(most + 1):
        rows += reading.rows_read
        if rows > most:
            remedy = "Send fewer claims at a time."
            raise HttpError(413, f"more than {most:,} claim lines", where=book.name, remedy=remedy)
        read.append(reading)
    # One block is the rule, and is taken as it is: putting columns together takes a sixth of the reading of a claim.
    tables = [reading.table for reading in read]
    together = (
        tables[0] if len(tables) == 1 else pa.concat_tables([CLAIM_SCHEMA.empty_table(), *tables]).combine_chunks()
    )
    _check_pairs(together, book.name)
    problems = tuple(problem for reading in read for problem in reading.problems)
    return Input(together, problems, rows, tuple(note for reading in read for note in reading.notes))


def _check_pairs(table: pa.Table, name: str) -> None:
    """Raises ``HttpError`` 413 where the lines of a claim and day, each compared with each, are too many pairs."""
    if table.num_rows**2 <= MOST_PAIRS:
        return
    counts = table.group_by(["claim_id", "service_date"]).aggregate([([], "count_all")])["count_all"]
    if pc.sum(pc.multiply(counts, counts)).as_py() > MOST_PAIRS:
        what = f"claims of up to {pc.max(counts).as_py():,} lines on one day"
        remedy = "Check that claim_id tells claims apart; a claim form holds 50 lines, an institutional one 999."
        raise HttpError(413, what, where=name, remedy=remedy)


def check_size(file: Upload, most: int) -> None:
    """Raises ``HttpError`` 413 where the file says that it holds more than so many bytes uncompressed."""
    size = 0
    try:
        if file.content.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
        elif file.content.startswith(PARQUET):
            metadata = pq.read_metadata(pa.BufferReader(file.content))
            size = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    except (zipfile.BadZipFile, OSError, pa.ArrowException):
        return  # the reader says what is wrong with it
    if size > most:
        raise too_large(most)


def _book(file: Upload) -> BookFile:
    """CSV or JSON lines where that was said, else whatever the content shows it to be."""
    source = Source(file.name, file.content)
    if file.kind == NDJSON:
        return BookFile(Path(file.name), file.name, JsonBook(Text.of(source, json=True)))
    if file.kind == CSV:
        return BookFile(Path(file.name), file.name, CsvBook.of(Text.of(source)))
    return open_content(file.content, file.name, Pseudonyms(secrets.token_bytes(32)))
