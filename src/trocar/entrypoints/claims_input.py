"""Claim files as given on the command line: one book, read whole when it is small, chunk by chunk when it is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from trocar.book.repeated import split_repeated
from trocar.claims.books import open_book
from trocar.claims.csv import ClaimReading, RowProblem, read_claims_csv
from trocar.claims.table import CLAIM_SCHEMA

STANDARD_INPUT = Path("-")
# Up to here a book is answered claim by claim, in one process and in memory.
FEW_ROWS = 200_000
_ROW = "row "


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


def read_few(paths: Sequence[Path], *, strict: bool = False) -> Input | Iterator[ClaimReading]:
    """The whole of a small book; for a larger one its chunks, to be read once. Raises as ``read_files`` does."""
    coming = readings(paths, strict=strict)
    read: list[ClaimReading] = []
    for reading in coming:
        read.append(reading)
        if sum(reading.rows_read for reading in read) > FEW_ROWS:
            return chain(read, coming)
    return _together(read)


def readings(paths: Sequence[Path], *, strict: bool = False) -> Iterator[ClaimReading]:
    """The chunks of all files in order; where a file names no claims, its rows are claims of that file."""
    several = len(paths) > 1
    # Repeated lines are told over all files together, by ``split_repeated``.
    for file in open_book([path for path in paths if path != STANDARD_INPUT], strict=strict, tell_repeats=False).files:
        for reading in file.chunks():
            yield _told_apart(file.name, reading) if several else reading
    if STANDARD_INPUT in paths:
        reading = read_claims_csv(sys.stdin.buffer, name="standard input", strict=strict)
        yield _told_apart("standard input", reading) if several else reading


def _told_apart(name: str, reading: ClaimReading) -> ClaimReading:
    """Claims that the reader named after their rows (``row 14``) named after their file too."""
    ids = reading.table["claim_id"]
    if not pc.all(pc.equal(pc.binary_join_element_wise(name, ids, " "), reading.table["where"])).as_py():
        return reading
    column = reading.table.schema.get_field_index("claim_id")
    table = reading.table.set_column(column, reading.table.schema.field(column), reading.table["where"])
    problems = tuple(
        replace(problem, claim_id=f"{name} {problem.claim_id}") if problem.claim_id.startswith(_ROW) else problem
        for problem in reading.problems
    )
    return replace(reading, table=table, problems=problems)


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
