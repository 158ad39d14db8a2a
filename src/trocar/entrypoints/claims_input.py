"""Claim files as given on the command line: one book, read whole when it is small, chunk by chunk when it is not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from trocar.book.job import estimated_rows
from trocar.book.repeated import split_repeated
from trocar.claims.books import BookFile, open_book
from trocar.claims.csv import ClaimReading, RowProblem
from trocar.claims.table import CLAIM_SCHEMA

STANDARD_INPUT = Path("-")
# Up to here a book is answered claim by claim, in one process and in memory.
FEW_ROWS = 200_000
_STANDARD = "standard input"


@dataclass(frozen=True)
class Input:
    """The lines of all files in order, the rows that can't be read, and what the reader has to say."""

    table: pa.Table
    problems: tuple[RowProblem, ...]
    rows_read: int
    notes: tuple[str, ...]


def read_files(paths: Sequence[Path], *, strict: bool = False) -> Input:
    """Read every file (``-`` is standard input) as one book: a claim id names one claim, whichever file it is in.

    Raises ``ClaimInputError`` for a file that can't be read and, when strict, for its first bad row.
    """
    return _together(list(readings(paths, strict=strict)))


def read_few(paths: Sequence[Path], *, strict: bool = False) -> Input | tuple[BookFile, ...]:
    """The whole of a small book; the parts of a larger one, still to be read. Raises as ``read_files`` does."""
    # Repeated lines are told over all files together, by ``split_repeated``.
    book = open_book(paths, strict=strict, tell_repeats=False, several=len(paths) > 1)
    parts = book.parts()
    if all(path.suffix == ".parquet" for path in paths) and estimated_rows(paths) > FEW_ROWS:
        return parts
    read: list[ClaimReading] = []
    for reading in _chunks(parts):
        read.append(reading)
        if sum(reading.rows_read for reading in read) > FEW_ROWS:
            return parts
    return _together(read)


def readings(paths: Sequence[Path], *, strict: bool = False) -> Iterator[ClaimReading]:
    """The chunks of all files in order; where a file names no claims, its rows are claims of that file."""
    with TemporaryDirectory(prefix="trocar-") as folder:
        kept = Path(folder) / "stdin"
        if STANDARD_INPUT in paths:  # kept for the time of the reading, for its first bytes say what it is
            with kept.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        files = [kept if path == STANDARD_INPUT else path for path in paths]
        several, named = len(paths) > 1, {kept: _STANDARD}
        yield from _chunks(open_book(files, strict=strict, tell_repeats=False, several=several, named=named).parts())


def _chunks(parts: Sequence[BookFile]) -> Iterator[ClaimReading]:
    """Part by part, as a large book is read: what a row means must not hang on the size of the book."""
    return (reading for part in parts for reading in part.chunks())


def _together(read: Sequence[ClaimReading]) -> Input:
    tables = [CLAIM_SCHEMA.empty_table(), *(reading.table for reading in read)]
    table, repeated = split_repeated(pa.concat_tables(tables).combine_chunks())
    problems = [problem for reading in read for problem in reading.problems]
    return Input(
        table,
        (*problems, *repeated),
        sum(reading.rows_read for reading in read),
        tuple(dict.fromkeys(note for reading in read for note in reading.notes)),
    )
