"""Some rows of a file as columns of text, each distinct text once; no meaning yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trocar.claims.records import Record

# Columns in which nearly every text differs: looking for equal ones would cost more than reading each.
MOSTLY_DIFFERENT = frozenset({"claim_id", "patient_id", "line_control_number"})
FEW_ROWS = 64
Codes = npt.NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of cells: texts, and for each row the index of its own. Texts may carry outer spaces.

    Few texts are read once each; of a column where nearly every text differs, each row may have its own.
    """

    codes: Codes
    texts: pa.Array

    @classmethod
    def of(cls, cells: pa.Array) -> Coded:
        """The column of an Arrow array of texts, dictionary-encoded or not; null is the empty text."""
        encoded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
        texts = encoded.dictionary.cast(pa.string())
        indices = encoded.indices
        if indices.null_count:
            indices = indices.fill_null(len(texts))
            texts = pa.concat_arrays([texts, pa.array([""], pa.string())])
        return cls(indices.to_numpy(zero_copy_only=False), texts)

    @classmethod
    def of_texts(cls, cells: Sequence[str]) -> Coded:
        """The column of some texts; those of one claim are told apart sooner than Arrow is called."""
        if len(cells) >= FEW_ROWS:
            return cls.of(pa.array(cells, pa.string()))
        numbers: dict[str, int] = {}
        codes = np.array([numbers.setdefault(text, len(numbers)) for text in cells], np.int32)
        return cls(codes, pa.array([*numbers], pa.string()))

    @classmethod
    def each_row(cls, cells: pa.Array) -> Coded:
        """The column of an array of texts that mostly differ: every row has its own. Null is the empty text."""
        texts = cells.cast(pa.string())
        return cls(np.arange(len(texts)), texts.fill_null("") if texts.null_count else texts)

    @classmethod
    def of_chunks(cls, cells: pa.ChunkedArray) -> Coded:
        """The column of an Arrow column in chunks, whose dictionaries may differ; without them each row has its own."""
        if not pa.types.is_dictionary(cells.type):
            return cls.each_row(cells.combine_chunks())
        chunks = cells.unify_dictionaries()
        return cls.of(chunks.combine_chunks() if cells.num_chunks else pa.array([], pa.string()))

    def take(self, rows: npt.NDArray[np.bool_] | slice) -> Coded:
        """Some of the rows."""
        return Coded(self.codes[rows], self.texts)

    def text(self, row: int) -> str:
        """The stripped text of one row."""
        return str(self.texts[int(self.codes[row])].as_py()).strip()

    def blank(self) -> npt.NDArray[np.bool_]:
        """Which rows are empty."""
        return np.fromiter((not text.strip() for text in self.texts.to_pylist()), bool, len(self.texts))[self.codes]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one file. ``rows`` are their numbers in the file, ``columns`` the cells of the columns that are used.

    ``records`` hold the rows (by position in the block) that columns can't hold: a row that could not be split, or
    one with cells beyond the headings. ``where`` holds
    the addresses that lines brought with them, if they did.
    """

    rows: Codes
    columns: Mapping[str, Coded]
    records: Mapping[int, Record] = field(default_factory=dict)
    where: pa.Array | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def slices(self, length: int) -> Iterator[Block]:
        """The block in parts of at most so many rows."""
        if len(self) <= length:
            yield self
            return
        for start in range(0, len(self), length):
            part = slice(start, start + length)
            yield Block(
                self.rows[part],
                {name: column.take(part) for name, column in self.columns.items()},
                {at - start: record for at, record in self.records.items() if start <= at < start + length},
                None if self.where is None else self.where[part],
            )


def block_of_records(records: Sequence[Record], columns: Mapping[str, int], width: int) -> Block:
    """The block of records split one by one; those that don't fit in the columns are kept as they are."""
    cells = {
        name: Coded.of_texts([record.cells[at] if at < len(record.cells) else "" for record in records])
        for name, at in columns.items()
    }
    odd = {at: record for at, record in enumerate(records) if record.error or any(record.cells[width:])}
    rows = np.fromiter((record.row for record in records), np.int64, len(records))
    return Block(rows, cells, odd)
