"""Rows of Parquet files, whose columns have names and types, as blocks of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trocar.claims.blocks import MOSTLY_DIFFERENT, Block, Coded
from trocar.claims.fields import IN_CENTS, cell_text
from trocar.claims.rows import NEVER_EMPTY, Sheet
from trocar.claims.split import ROWS_PER_PART
from trocar.core.errors import ClaimInputError


@dataclass(frozen=True, slots=True)
class ParquetBook:
    """A Parquet file of claim lines: the claim table itself, or the claim CSV's columns, as text or typed.

    ``groups`` are the row groups to read (all when None), ``first_row`` the number of the first row in them.
    """

    content: Path | bytes
    sheet: Sheet
    headings: tuple[str, ...]
    groups: tuple[int, ...] | None = None
    first_row: int = 1

    @classmethod
    def of(cls, content: Path | bytes, name: str, *, strict: bool = False) -> ParquetBook:
        """Read the names of the columns; raises ``ClaimInputError`` when the file is damaged or they won't do."""
        try:
            schema = pq.read_schema(_opened(content))
        except (OSError, pa.ArrowException) as error:
            raise _damaged(name, error) from error
        headings = tuple(field.name for field in schema if field.name != "where")
        known = [
            IN_CENTS[heading] if heading in IN_CENTS and pa.types.is_integer(schema.field(heading).type) else heading
            for heading in headings
        ]
        return cls(content, Sheet.of_fields(name, known, strict=strict), headings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not used or taken for granted."""
        return self.sheet.notes

    @property
    def numbers_every_line(self) -> bool:
        """The file's own statistics say that no row lacks its line number."""
        heading = self.headings[self.sheet.columns["line"]] if "line" in self.sheet.columns else None
        with pq.ParquetFile(_opened(self.content)) as file:
            schema = file.schema_arrow
            if heading is None or not pa.types.is_integer(schema.field(heading).type):
                return False
            column = [file.metadata.schema.column(index).path for index in range(file.metadata.num_columns)].index(
                heading
            )
            groups = [file.metadata.row_group(index).column(column) for index in range(file.metadata.num_row_groups)]
            return all(group.statistics is not None and group.statistics.null_count == 0 for group in groups)

    def parts(self) -> tuple[ParquetBook, ...]:
        """The file cut between row groups, where a row needs none before it to be understood; else the file itself."""
        if not self.numbers_every_line:
            return (self,)
        with pq.ParquetFile(_opened(self.content)) as file:
            sizes = [file.metadata.row_group(index).num_rows for index in range(file.metadata.num_row_groups)]
        parts: list[ParquetBook] = []
        groups: list[int] = []
        first_row = row = 1
        for index, size in enumerate(sizes):
            if groups and row + size - first_row > ROWS_PER_PART:
                parts.append(replace(self, groups=tuple(groups), first_row=first_row))
                groups, first_row = [], row
            groups.append(index)
            row += size
        return (*parts, replace(self, groups=tuple(groups), first_row=first_row))

    def blocks(self, rows: int) -> Iterator[Block]:
        """The rows in file order, in blocks of at most so many, counted from 1."""
        try:
            with pq.ParquetFile(_opened(self.content)) as file:
                schema = file.schema_arrow
                empty = _without_values(file.metadata, self.groups)
            own = {name: self.headings[index] for name, index in self.sheet.columns.items()}
            own = {name: heading for name, heading in own.items() if name in NEVER_EMPTY or heading not in empty}
            texts = [
                heading
                for name, heading in own.items()
                if _is_text(schema.field(heading).type) and name not in MOSTLY_DIFFERENT
            ]
            wanted = [*own.values(), *(["where"] if "where" in schema.names else [])]
            first_row = self.first_row
            with pq.ParquetFile(_opened(self.content), read_dictionary=texts) as encoded:
                batches = encoded.iter_batches(
                    batch_size=rows, row_groups=self.groups, columns=wanted, use_threads=False
                )
                for batch in batches:
                    yield self._block(batch, own, first_row)
                    first_row += batch.num_rows
        except (OSError, pa.ArrowException) as error:
            raise _damaged(self.sheet.name, error) from error

    def _block(self, batch: pa.RecordBatch, own: dict[str, str], first_row: int) -> Block:
        columns = {name: _column(name, heading, batch.column(heading)) for name, heading in own.items()}
        where = batch.column("where").cast(pa.string()) if "where" in batch.schema.names else None
        return Block(first_row + np.arange(batch.num_rows), columns, where=where)


def _without_values(file: pq.FileMetaData, groups: tuple[int, ...] | None) -> set[str]:
    """Headings of columns whose statistics say that no row of these groups has a value."""
    answer: set[str] = set()
    for index in range(file.num_columns):
        columns = [file.row_group(group).column(index) for group in groups or range(file.num_row_groups)]
        told = [column.statistics for column in columns]
        if all(one is not None and one.has_null_count and one.num_values == 0 for one in told):
            answer.add(file.schema.column(index).path)
    return answer


def _opened(content: Path | bytes) -> Any:
    return pa.BufferReader(content) if isinstance(content, bytes) else content


def _column(name: str, heading: str, cells: pa.Array) -> Coded:
    if name in MOSTLY_DIFFERENT and _is_text(cells.type):
        return Coded.each_row(cells)
    return _coded(cells, in_cents=heading in IN_CENTS and name != heading)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _coded(cells: pa.Array, *, in_cents: bool) -> Coded:
    """A typed column as text: each distinct value is written once."""
    kind = cells.type
    if pa.types.is_null(kind):
        return Coded.of(cells.cast(pa.string()))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return Coded.of(_joined(cells))
    if pa.types.is_dictionary(kind) and not _is_text(kind.value_type):
        cells = cells.dictionary_decode()
    encoded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    if _is_text(encoded.type.value_type):
        return Coded.of(encoded)
    found = encoded.dictionary
    if in_cents and pc.all(pc.greater_equal(found, 100)).as_py():  # the last two digits are the cents
        texts = pc.replace_substring_regex(found.cast(pa.string()), r"(..)$", r".\1")
    else:
        texts = pa.array([cell_text(value, in_cents=in_cents) for value in found.to_pylist()], pa.string())
    return Coded.of(pa.DictionaryArray.from_arrays(encoded.indices, texts))


def _joined(cells: pa.Array) -> pa.Array:
    if pa.types.is_string(cells.type.value_type) and not cells.flatten().null_count:
        return pc.binary_join(cells, " ")
    lists = cells.to_pylist()
    return pa.array([" ".join(filter(None, map(cell_text, values or ()))) for values in lists], pa.string())


def _damaged(name: str, error: Exception) -> ClaimInputError:
    reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    remedy = "Check the path, or write the file again."
    return ClaimInputError(f"the Parquet file can't be read ({reason})", where=name, remedy=remedy)
