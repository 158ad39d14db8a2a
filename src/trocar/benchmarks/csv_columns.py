"""A few columns of a large CSV file as a stream, whatever it is packed in."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from trocar.benchmarks.inflate import Text, texts_of
from trocar.core.errors import ReferenceFileError

_BLOCK = 4 << 20
_FIRST = 1 << 16


class Columns:
    """The columns of one text. ``unread`` counts rows that have another number of fields, and are left out."""

    def __init__(self, text: Text, headings: Sequence[str]) -> None:
        self._text, self.headings = text, headings
        self.unread = 0

    @contextmanager
    def open(self, names: Sequence[str]) -> Iterator[pa.RecordBatchReader]:
        """Batches of the named columns, as texts; raises ``ReferenceFileError`` for a file that can't be read on."""
        with self._text.open_raw() as file:
            try:
                yield pacsv.open_csv(
                    file,
                    pacsv.ReadOptions(block_size=_BLOCK),
                    pacsv.ParseOptions(invalid_row_handler=self._leave_out),
                    pacsv.ConvertOptions(include_columns=names, column_types=dict.fromkeys(names, pa.string())),
                )
                problem = file.broken
            except pa.ArrowInvalid as error:
                problem = str(error)
        if problem:
            raise ReferenceFileError(
                f"the file can't be read ({problem})", where=str(self._text.path), remedy="Download it again."
            )

    def _leave_out(self, row: pacsv.InvalidRow) -> str:
        self.unread += 1
        return "skip"


def columns_of(path: Path, needed: Sequence[str]) -> Columns | None:
    """The CSV text of a file that has the columns needed, and rows; None when there is none.

    A zip of NPPES holds several files, and beside each one with its headings alone.
    """
    for text in texts_of(path):
        with text.open() as file:
            first, _, rest = file.read(_FIRST).decode("utf-8-sig", "replace").partition("\n")
        headings = next(csv.reader([first.rstrip("\r")]), [])
        if rest.strip() and set(needed) <= set(headings):
            return Columns(text, headings)
    return None
