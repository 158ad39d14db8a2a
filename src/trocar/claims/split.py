"""The text of a claim CSV as blocks of rows: split fast where every quote stands as it should, one by one elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from trocar.claims.blocks import MOSTLY_DIFFERENT, Block, Coded, block_of_records
from trocar.claims.records import Record, records_of, split_delimiter
from trocar.claims.rows import Sheet
from trocar.claims.sources import Text
from trocar.core.errors import ClaimInputError

_SMALLEST_BLOCK, _LARGEST_BLOCK = 1 << 16, 1 << 26
ROWS_PER_PART = 250_000
# Python's csv module refuses a cell of twice this length: only where every window has a line end, none is so long.
_WINDOW = 1 << 16


@dataclass(frozen=True, slots=True)
class CsvBook:
    """A claim CSV with its headings read, or some lines of one; ``blocks`` gives its rows.

    ``first_row`` is the number of the first line, ``_offset`` where it begins; ``_length`` is None up to the end.
    """

    text: Text
    sheet: Sheet
    delimiter: str
    cells_of_header: int
    first_row: int
    _offset: int
    _length: int | None = None
    numbers_every_line: bool = False

    @classmethod
    def of(cls, text: Text, *, strict: bool = False) -> CsvBook:
        """Read the headings; raises ``ClaimInputError`` when there are none or they won't do."""
        name = text.source.name
        beginning = b""
        for piece in chain(text.pieces(), [None]):
            beginning += piece or b""
            # A character cut at the end of the piece is left for the next round.
            decoded, delimiter = split_delimiter(beginning.decode("utf-8", "ignore"))
            lines = _Counted(io.StringIO(decoded, newline=""))
            header = next((record for record in records_of(lines, delimiter, name) if not record.is_blank), None)
            if piece is None or (header and lines.length < len(decoded)):
                break
        if header is None:
            raise ClaimInputError("the file is empty", where=name, remedy="Its first row must hold the headings.")
        if header.error is not None:
            raise header.error
        mark = len("sep=;") if beginning.startswith(b"sep=") and decoded[:4] != "sep=" else 0
        sheet = Sheet.of(name, header, strict=strict)
        return cls(text, sheet, delimiter, len(header.cells), lines.count + 1, mark + lines.size)

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be guessed, is not used or is taken for granted."""
        return (*self.text.notes, *self.sheet.notes)

    def parts(self) -> tuple[CsvBook, ...]:
        """The file cut between lines, where a row needs none before it to be understood; else the file itself.

        That is so when every line is one record, and every row states its line number or the file names no claims.
        """
        if not self.text.can_be_cut or ("claim_id" in self.sheet.columns and "line" not in self.sheet.columns):
            return (self,)
        parts = []
        first_row, offset = self.first_row, self._offset
        for text in self._texts(ROWS_PER_PART):
            if not _is_plain(text, self.delimiter) or not self._states_lines(text):
                return (self,)
            part = replace(self, first_row=first_row, _offset=offset, _length=len(text), numbers_every_line=True)
            parts.append(part)
            first_row += text.count(b"\n")
            offset += len(text)
        return tuple(parts) or (self,)

    def _states_lines(self, text: bytes) -> bool:
        if "claim_id" not in self.sheet.columns:
            return True
        index = self.sheet.columns["line"]
        table, odd = self._parsed(text, [index])
        stated = all(text.strip() for text in table[index].texts.to_pylist())
        return stated and all(index < len(cells) and cells[index] for cells in odd.values() if any(cells))

    def _texts(self, rows: int) -> Iterator[bytes]:
        if self._length is not None:
            return iter([self.text.some(self._offset, self._length)])
        return _whole_lines(_without(self.text.pieces(), self._offset), rows)

    def blocks(self, rows: int) -> Iterator[Block]:
        """The rows that are not blank, in file order, in blocks of at most about so many rows."""
        first_row = self.first_row
        texts = self._texts(rows)
        for text in texts:
            if not _is_plain(text, self.delimiter):
                # A quote or a line end is out of the ordinary: from here on the csv module decides.
                yield from self._one_by_one(chain([text], texts), first_row, rows)
                return
            yield from (block for block in self._split(text, first_row).slices(rows) if len(block))
            first_row += text.count(b"\n")

    def _one_by_one(self, texts: Iterable[bytes], first_row: int, rows: int) -> Iterator[Block]:
        lines = io.TextIOWrapper(io.BufferedReader(Stream(iter(texts))), encoding="utf-8", newline="")
        records = records_of(lines, self.delimiter, self.sheet.name, first_row=first_row)
        filled = (record for record in records if not record.is_blank)
        while batch := list(islice(filled, rows)):
            yield block_of_records(batch, self.sheet.columns, self.sheet.width)

    def _split(self, text: bytes, first_row: int) -> Block:
        """The block of a text of plain lines."""
        used = sorted(self.sheet.columns.values())
        beyond = range(self.sheet.width, self.cells_of_header)
        table, odd = self._parsed(text, [*used, *beyond])
        blank = _blank([table[index] for index in used], table_rows(table))
        if blank.any():  # perhaps only what the file does not use is filled: then the row counts
            everything, _ = self._parsed(text, range(self.cells_of_header))
            blank = _blank(list(everything.values()), table_rows(everything))
        at = np.delete(np.arange(len(blank) + len(odd)), sorted(odd)) if odd else np.arange(len(blank))
        overflowing = ~_blank([table[index] for index in beyond], len(blank))
        filled = ~blank
        kept_odd = {position: cells for position, cells in odd.items() if any(cells)}
        positions = np.concatenate([at[filled], np.array(list(kept_odd), np.int64)])
        order = np.argsort(positions, kind="stable")
        rows = first_row + positions[order]
        columns = {
            name: _with_odd(table[index].take(filled), index, list(kept_odd.values()), order)
            for name, index in self.sheet.columns.items()
        }
        place = {int(row): number for number, row in enumerate(rows)} if kept_odd or overflowing.any() else {}
        records = {}
        for position, cells in kept_odd.items():
            if any(cells[self.sheet.width :]):
                records[place[first_row + position]] = Record(first_row + position, cells)
        for number in np.flatnonzero(overflowing & filled):
            cells = [table[index].text(int(number)) if index in table else "" for index in range(self.cells_of_header)]
            row = first_row + int(at[number])
            records[place[row]] = Record(row, cells)
        return Block(rows, columns, records)

    def _parsed(self, text: bytes, wanted: Iterable[int]) -> tuple[dict[int, Coded], dict[int, list[str]]]:
        """The wanted columns of the rows as wide as the headings, and the cells of the others by position."""
        odd: dict[int, list[str]] = {}

        def keep(row: arrow_csv.InvalidRow) -> str:
            (cells,) = csv.reader([row.text], delimiter=self.delimiter, strict=True)
            odd[row.number - 1] = [cell.strip() for cell in cells]
            return "skip"

        names = [str(index) for index in range(self.cells_of_header)]
        include = [names[index] for index in wanted]
        differing = {self.sheet.columns.get(name) for name in MOSTLY_DIFFERENT}
        few = pa.dictionary(pa.int32(), pa.string())
        kinds = {name: pa.string() if int(name) in differing else few for name in include}
        table = arrow_csv.read_csv(
            pa.BufferReader(text),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(text) + 1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,
                column_types=kinds,
                include_columns=include,
                strings_can_be_null=False,
            ),
        ).combine_chunks()
        return {int(name): Coded.of_chunks(table[name]) for name in include}, odd


def table_rows(columns: dict[int, Coded]) -> int:
    """The number of rows of parsed columns."""
    return len(next(iter(columns.values())).codes)


def _with_odd(column: Coded, index: int, odd: Sequence[Sequence[str]], order: np.ndarray) -> Coded:
    """The column with the cells of odd rows behind the others, then everything in file order."""
    if not odd:
        return column
    cells = pa.array([cells[index] if index < len(cells) else "" for cells in odd], pa.string())
    codes = np.concatenate([column.codes, len(column.texts) + np.arange(len(cells))])
    return Coded(codes[order], pa.concat_arrays([column.texts, cells]))


def _blank(columns: Sequence[Coded], length: int) -> np.ndarray:
    """Rows in which every one of these columns is blank."""
    blank = np.ones(length, bool)
    for column in sorted(columns, key=lambda column: len(column.texts)):  # the quickest to look through first
        if not blank.any():
            break
        blank &= column.blank()
    return blank


def _is_plain(text: bytes, delimiter: str) -> bool:
    """Whether every line is one record and every quote opens or closes a whole cell."""
    if b"\r" in text and text.count(b"\r") != text.count(b"\r\n"):
        return False
    for start in range(0, len(text) - _WINDOW, _WINDOW):
        if text.find(b"\n", start, start + _WINDOW) < 0:
            return False
    return b'"' not in text or _quotes_are_plain(text, delimiter)


def _quotes_are_plain(text: bytes, delimiter: str) -> bool:
    marks = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(marks == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    ends = np.zeros(256, bool)
    ends[[ord(mark) for mark in ('"', delimiter, "\r", "\n")]] = True  # the other quote: "" within a cell
    before = ends[marks[opening - 1]] | (opening == 0)
    after = ends[marks[np.minimum(closing + 1, len(marks) - 1)]] | (closing == len(marks) - 1)
    line_ends = np.flatnonzero(marks == ord("\n"))
    one_line = np.searchsorted(line_ends, opening) == np.searchsorted(line_ends, closing)
    return bool((before & after & one_line).all())


def _whole_lines(pieces: Iterator[bytes], rows: int) -> Iterator[bytes]:
    """Texts of about so many lines, each ending at a line end (but for a monster of a line, and the last)."""
    waiting: list[bytes] = []
    length, wanted = 0, 0
    for piece in pieces:
        wanted = wanted or min(max(rows * len(piece) // (piece.count(b"\n") + 1), _SMALLEST_BLOCK), _LARGEST_BLOCK)
        waiting.append(piece)
        length += len(piece)
        while length >= wanted:
            text = b"".join(waiting)
            cut = text.rfind(b"\n", 0, wanted) + 1 or text.rfind(b"\n") + 1 or wanted
            yield text[:cut]
            waiting, length = [text[cut:]], len(text) - cut
    if length:
        yield b"".join(waiting)


def _without(pieces: Iterator[bytes], offset: int) -> Iterator[bytes]:
    """The pieces without the first bytes."""
    for piece in pieces:
        if offset < len(piece):
            yield piece[offset:]
        offset = max(0, offset - len(piece))


class _Counted:
    """Lines, and how many were taken: count, characters and bytes of UTF-8."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.count = self.length = self.size = 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.count += 1
        self.length += len(line)
        self.size += len(line.encode())
        return line


class Stream(io.RawIOBase):
    """Pieces of bytes as one stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._left = self._left or next(self._pieces, b"")
        length = min(len(buffer), len(self._left))
        buffer[:length] = self._left[:length]
        self._left = self._left[length:]
        return length
