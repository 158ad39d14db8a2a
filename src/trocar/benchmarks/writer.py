"""The folder of one extracted file: its tables, there whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trocar.benchmarks.tables import TABLES

ROWS_AT_ONCE = 20_000
# Some rows, and the columns that they share.
Piece = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]


class TableWriter:
    """Writes the tables of one file; rows are dicts of the columns of ``TABLES`` (missing ones are null or empty)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written = dict.fromkeys(TABLES, 0)
        self._pieces: dict[str, list[Piece]] = {name: [] for name in TABLES}
        self._waiting = dict.fromkeys(TABLES, 0)
        self._writers = {name: parquet_writer(folder / f"{name}.parquet", schema) for name, schema in TABLES.items()}

    def add(self, name: str, row: Mapping[str, Any]) -> None:
        """Add one row; raises ``pyarrow.ArrowInvalid`` when the rows at hand don't fit the schema."""
        self.extend(name, (row,))

    def extend(self, name: str, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any] | None = None) -> None:
        """Add rows; ``shared`` holds columns that are the same in all of them."""
        if not rows:
            return
        self._pieces[name].append((shared or {}, rows))
        self._waiting[name] += len(rows)
        if self._waiting[name] >= ROWS_AT_ONCE:
            self.flush(name)

    def add_table(self, name: str, table: pa.Table) -> None:
        """Add rows that are Arrow already, of the table's schema."""
        self.flush(name)
        self._writers[name].write_table(table)
        self._written[name] += table.num_rows

    def total(self, name: str) -> int:
        """How many rows a table has so far."""
        return self._written[name] + self._waiting[name]

    def restate(self, name: str, values: Mapping[str, Any]) -> None:
        """Give columns the same value in every row written so far: what a file says of itself at its end."""
        self.flush(name)
        self._writers[name].close()
        path, older = self.folder / f"{name}.parquet", self.folder / f"{name}.older"
        path.rename(older)
        schema = TABLES[name]
        self._writers[name] = parquet_writer(path, schema)
        with pq.ParquetFile(older) as file:
            for batch in file.iter_batches(ROWS_AT_ONCE):
                self._writers[name].write_table(restated(name, batch, values))
        older.unlink()

    def flush(self, name: str) -> None:
        """Write the rows at hand of one table."""
        pieces, self._pieces[name] = self._pieces[name], []
        if self._waiting[name]:
            self._waiting[name] = 0
            self.add_table(name, rows_table(name, pieces))

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name, writer in self._writers.items():
            if kind is None:
                self.flush(name)
            writer.close()


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of one table: NPIs by their differences, since no two lists repeat; all else by dictionary.

    1.1 million NPIs of 8,123 groups took 0.03 s so, 0.13 s with a dictionary for them, and no more room.
    """
    npis = "npis" in schema.names
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=[name for name in schema.names if name != "npis"] if npis else True,
        column_encoding={"npis.list.element": "DELTA_BINARY_PACKED"} if npis else None,
    )


def rows_table(name: str, pieces: Sequence[Piece]) -> pa.Table:
    """Rows as an Arrow table of that name's schema: a missing text is null, a missing list empty."""
    columns = []
    for field in TABLES[name]:
        column = field.name
        default: Any = [] if pa.types.is_list(field.type) else None
        values: list[Any] = []
        for shared, rows in pieces:
            if column in shared:
                values += [shared[column]] * len(rows)
            else:
                values += [row.get(column, default) for row in rows]
        columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=TABLES[name])


def restated(name: str, batch: pa.RecordBatch, values: Mapping[str, Any]) -> pa.Table:
    """Rows of a table with some columns of one value each."""
    schema = TABLES[name]
    columns = {field.name: batch[field.name] for field in schema}
    for column, value in values.items():
        columns[column] = pa.array([value] * batch.num_rows, schema.field(column).type)
    return pa.table(list(columns.values()), schema=schema)


# The folders that are there whole: one being written, or left when the writing was killed, has a point before its name.
WRITTEN = "[!.]*"


@contextmanager
def written_folder(output: Path, file_id: str) -> Iterator[TableWriter]:
    """A writer for ``output/<file_id>/``; the folder gets its name when the block ends well, else it is removed.

    A folder of that name, left by an earlier extraction, is replaced.
    """
    output.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{file_id}.", dir=output))
    target = output / file_id
    try:
        with TableWriter(building) as writer:
            yield writer
        building.chmod(0o755)
        if target.exists():
            shutil.rmtree(target, ignore_errors=True)
        try:
            building.rename(target)
        except OSError:  # another process, with the same file at the same time, was faster
            if not target.exists():
                raise
            shutil.rmtree(building)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
