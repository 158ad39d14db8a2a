"""From the bytes of a claim CSV to records: compression, encoding, delimiter, quotes; no meaning yet."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from trocar.claims.headings import recognised
from trocar.core.errors import ClaimInputError

DELIMITERS = ",\t;|"
_SHEET_REMEDY = "Save the sheet as CSV UTF-8 and read that."
_FOREIGN = (
    (b"PK\x03\x04", "a zip or an Excel workbook", _SHEET_REMEDY),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _SHEET_REMEDY),
    (b"%PDF", "a PDF", "Export the claims as CSV from the billing system."),
    (b"ISA", "an X12 interchange, not a claim CSV", "Export the claims as CSV, one row per claim line."),
    (b"PAR1", "a Parquet file", "Write it as CSV, one row per claim line."),
    (b"{", "JSON, not a claim CSV", "Write the claims as CSV, one row per claim line."),
)


@dataclass(frozen=True, slots=True)
class Record:
    """The stripped cells of one record, the line of the file it starts on, and why it can't be split, if so."""

    row: int
    cells: list[str]
    error: ClaimInputError | None = None

    @property
    def is_blank(self) -> bool:
        """Whether every cell is empty: spreadsheets leave such rows behind."""
        return self.error is None and not any(self.cells)


def content_of(source: Path | BinaryIO, name: str) -> bytes:
    """The uncompressed bytes; raises ``ClaimInputError`` when they can't be had."""
    try:
        content = source.read_bytes() if isinstance(source, Path) else source.read()
    except OSError as error:
        remedy = "Check the path, and that you may read the file."
        raise ClaimInputError(f"the file can't be read ({error.strerror})", where=name, remedy=remedy) from error
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as error:
            remedy = "Fetch the file or compress it again."
            raise ClaimInputError(f"the gzip file is damaged ({error})", where=name, remedy=remedy) from error
    return content


def text_of(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text, and notes on what had to be guessed; raises ``ClaimInputError`` when it is not text."""
    for mark, kind, remedy in _FOREIGN:
        if content.startswith(mark):
            raise ClaimInputError(f"this is {kind}", where=name, remedy=remedy)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):  # a spreadsheet's "Unicode text"
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            what = f"the UTF-16 text is damaged ({error.reason})"
            raise ClaimInputError(what, where=name, remedy=_SHEET_REMEDY) from error
    if b"\x00" in content:
        raise ClaimInputError("this is not text (it holds zero bytes)", where=name, remedy=_SHEET_REMEDY)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass  # Older spreadsheets save Windows-1252. Only names and ids can come out wrong, and the note says so.
    try:
        return content.decode("cp1252"), (f"{name} is not UTF-8: read as Windows-1252",)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        what = f"byte {content[error.start]:#04x} is neither UTF-8 nor Windows-1252"
        raise ClaimInputError(what, where=f"{name} row {row}", remedy=_SHEET_REMEDY) from error


def split_delimiter(text: str) -> tuple[str, str]:
    """The text and its delimiter: what a ``sep=`` line names, else the one that makes most headings known."""
    if match := re.match(r"sep=([,;|\t])\r?\n", text):
        # The line stays, emptied, so that rows keep the numbers the user sees.
        return text[len("sep=;") :], match[1]

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        headings = next((row for row in rows if any(cell.strip() for cell in row)), [])
        return recognised(headings), len(headings)

    return text, max(DELIMITERS, key=score)


def records_of(text: str, delimiter: str, name: str) -> Iterator[Record]:
    """The records in order; one whose quotes are wrong has an ``error``, and reading goes on at the next line."""
    lines = list(io.StringIO(text, newline=""))
    start = 0
    while start < len(lines):
        first = start  # bound now: the generator below reads it late
        reader = csv.reader((lines[at] for at in range(first, len(lines))), delimiter=delimiter, strict=True)
        while True:
            row = first + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Record(row, [], _quote_error(row, name, error))
                start = row  # counted from 0, this is the next line
                break
            yield Record(row, [cell.strip() for cell in cells])


def _quote_error(row: int, name: str, error: csv.Error) -> ClaimInputError:
    return ClaimInputError(
        f"the quotes of the row don't close where they should ({error})",
        where=f"{name} row {row}",
        remedy='Put text that holds a delimiter or a quote between quotes, and write a quote in it as "".',
    )
