"""From the text of a claim CSV to records: delimiter, quotes and rows; no meaning yet."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trocar.claims.headings import recognised
from trocar.core.errors import ClaimInputError

DELIMITERS = ",\t;|"


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


def split_delimiter(text: str) -> tuple[str, str]:
    """The text and its delimiter: what a ``sep=`` line names, else the one that makes most headings known.

    The text need only be the beginning of a file, its headings included.
    """
    if match := re.match(r"sep=([,;|\t])\r?\n", text):
        # The line stays, emptied, so that rows keep the numbers the user sees.
        return text[len("sep=;") :], match[1]

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            headings = next((row for row in rows if any(cell.strip() for cell in row)), [])
        except csv.Error:  # an open quote, which has its own message when the records are read
            return 0, 0
        return recognised(headings), len(headings)

    return text, max(DELIMITERS, key=score)


def records_of(lines: Iterable[str], delimiter: str, name: str, *, first_row: int = 1) -> Iterator[Record]:
    """The records in order; one whose quotes are wrong has an ``error``, and reading goes on at the next line.

    ``lines`` keep their line ends; ``first_row`` is the number of the first. Only the lines of the record being
    read are held in memory.
    """
    source = _Lines(iter(lines), first_row)
    while True:
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        while True:
            row = source.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Record(row, [], _quote_error(row, name, error))
                source.give_back_all_but_one()
                break
            yield Record(row, [cell.strip() for cell in cells])


class _Lines:
    """Lines that can be given back: those of the record being read are kept until the next one begins."""

    def __init__(self, lines: Iterator[str], first_row: int) -> None:
        self._lines = lines
        self._given_back: deque[str] = deque()
        self._taken: list[str] = []
        self._row = first_row

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._lines)
        self._taken.append(line)
        return line

    def begin_record(self) -> int:
        self._row += len(self._taken)
        self._taken.clear()
        return self._row

    def give_back_all_but_one(self) -> None:
        self._given_back.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]


def _quote_error(row: int, name: str, error: csv.Error) -> ClaimInputError:
    return ClaimInputError(
        f"the quotes of the row don't close where they should ({error})",
        where=f"{name} row {row}",
        remedy='Put text that holds a delimiter or a quote between quotes, and write a quote in it as "".',
    )
