"""Claim books of any size: CSV, Parquet and JSON lines, read chunk by chunk in bounded memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from trocar.claims.blocks import Block
from trocar.claims.columns import ColumnReader
from trocar.claims.csv import ROWS_PER_CHUNK, ClaimReading
from trocar.claims.fields import JsonBook
from trocar.claims.parquet import ParquetBook
from trocar.claims.rows import Sheet
from trocar.claims.sources import PARQUET, Source, Text
from trocar.claims.split import CsvBook
from trocar.claims.table import CLAIM_SCHEMA
from trocar.claims.x12.source import X12Source, looks_like_x12, x12_sources
from trocar.core.errors import ClaimInputError

if TYPE_CHECKING:
    from trocar.claims.x12.masking import Pseudonyms

__all__ = ["Book", "BookFile", "open_book", "open_content"]
_LIST_OF_OBJECTS = re.compile(rb"\[\s*\{")


class _Format(Protocol):
    @property
    def sheet(self) -> Sheet: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def numbers_every_line(self) -> bool: ...
    def blocks(self, rows: int) -> Iterator[Block]: ...
    def parts(self) -> Sequence[_Format]: ...


@dataclass(frozen=True, slots=True)
class BookFile:
    """One file of a book; its name begins the address of every line in it."""

    path: Path
    name: str
    _format: _Format
    _tells_repeats: bool = True
    _names_claims: bool = False

    def parts(self) -> tuple[BookFile, ...]:
        """The file in parts, in file order, that can be read each on its own; the file itself where it can't be cut."""
        if self._tells_repeats:
            return (self,)
        return tuple(replace(self, _format=part) for part in self._format.parts())

    def chunks(self, rows: int = ROWS_PER_CHUNK, *, encoded: bool = False) -> Iterator[ClaimReading]:
        """The lines in file order, at most so many rows at a time; a file without rows is one empty chunk.

        With ``encoded`` a column of few texts is a dictionary and one without values has the type null.

        Notes stand in the first chunk that gives rise to them. Line numbers and repeated lines are those of the
        whole file, whatever the chunks. Raises ``ClaimInputError`` when the file turns out to be damaged.
        """
        remembers = self._tells_repeats or not self._format.numbers_every_line
        sheet = self._format.sheet
        if self._names_claims:
            sheet = replace(sheet, rows_named=f"{self.name} row")
        reader = ColumnReader(sheet, remembers=remembers, encoded=encoded)
        told: tuple[str, ...] = ()
        nothing_yet = True
        for block in self._format.blocks(rows):
            table, problems = reader.read(block)
            notes = tuple(note for note in self._format.notes if note not in told)
            told += notes
            nothing_yet = False
            yield ClaimReading(table, problems, len(block), notes)
        if nothing_yet:
            yield ClaimReading(CLAIM_SCHEMA.empty_table(), (), 0, self._format.notes)


@dataclass(frozen=True, slots=True)
class Book:
    """Claim files to be read one after the other; lines are numbered, and repeats told, within each file.

    Whether a claim id of two files is one claim is for the reader of the book to say (``trocar.book``: it is).
    """

    files: tuple[BookFile, ...]

    def parts(self) -> tuple[BookFile, ...]:
        """All files in order, each cut where it can be."""
        return tuple(part for file in self.files for part in file.parts())

    def chunks(self, rows: int = ROWS_PER_CHUNK) -> Iterator[ClaimReading]:
        """The lines of every file in order, at most so many rows at a time; no chunk holds lines of two files."""
        for file in self.files:
            yield from file.chunks(rows)


def open_book(
    paths: Sequence[Path | str],
    *,
    strict: bool = False,
    tell_repeats: bool = True,
    several: bool = False,
    named: Mapping[Path, str] | None = None,
) -> Book:
    """A book of claim files, each CSV (compressed or not), Parquet, JSON lines, FHIR or X12, told apart by content.

    A zip is the files in it. Every file is looked through before the first line is read, so that a file which is none
    of these, or has no column for the date or the code, raises its ``ClaimInputError`` here. With ``strict`` reading
    raises the error of the first bad row. A caller who finds repeated lines itself says so (``tell_repeats``): a file
    that states every line number then needs no memory of its claims. Where a file names no claims, its rows are claims
    named after their row and, with ``several`` files in the book, after the file too. ``named`` gives some files
    another name than their own. Formats: ``docs/formats/claims-csv.md``, ``docs/formats/claim-books.md``.
    """
    files = [Path(path) for path in paths]
    names = Counter(path.name for path in files)
    named = {path: str(path) if names[path.name] > 1 else path.name for path in files} | dict(named or {})
    opened = [_opened(path, one, strict) for path in files for one in x12_sources(path, named[path])]
    several = several or len(opened) > len(files)
    return Book(tuple(replace(file, _tells_repeats=tell_repeats or strict, _names_claims=several) for file in opened))


def open_content(content: bytes, name: str, persons: Pseudonyms) -> BookFile:
    """A claim file held in memory, of any format that ``open_book`` reads; no file is written, or read.

    ``persons`` makes the pseudonyms of patients where the format names them. Raises ``ClaimInputError``, also for a
    zip that holds several files.
    """
    sources = x12_sources(content, name)
    if len(sources) != 1:
        remedy = "Unzip it, and give the files one by one."
        raise ClaimInputError(f"the zip holds {len(sources)} files", where=name, remedy=remedy)
    return _opened(Path(name), sources[0], strict=False, persons=persons)


def _opened(path: Path, one: X12Source, strict: bool, persons: Pseudonyms | None = None) -> BookFile:
    return BookFile(path, one.name, _format(one, strict, persons))


def _format(one: X12Source, strict: bool, persons: Pseudonyms | None) -> _Format:
    """The reader of a file's format; those of X12 and FHIR, each many modules, are loaded for such a file alone."""
    if looks_like_x12(one):
        from trocar.claims.x12.book import X12Book

        return X12Book.of(one, strict=strict, persons=persons)
    if not isinstance(one.content, Path | bytes):
        raise TypeError("a stream can't be read twice")
    source = Source(one.name, one.content, one.member)
    beginning = source.beginning()
    if beginning.startswith(PARQUET):
        if source.is_compressed:
            remedy = "Unpack it: Parquet is compressed within."
            raise ClaimInputError("this is a Parquet file that was compressed again", where=one.name, remedy=remedy)
        return ParquetBook.of(one.content, one.name, strict=strict)
    beginning = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _LIST_OF_OBJECTS.match(beginning):
        remedy = "Write one object per line, without the brackets around them and the commas between them."
        raise ClaimInputError("this is one JSON list of objects", where=one.name, remedy=remedy)
    if beginning.startswith(b"{"):
        from trocar.claims.fhir import FhirBook, is_fhir

        text = Text.of(source, json=True)
        if is_fhir(beginning):
            return FhirBook(text, strict=strict, persons=persons)
        return JsonBook(text, strict=strict)
    return CsvBook.of(Text.of(source), strict=strict)
