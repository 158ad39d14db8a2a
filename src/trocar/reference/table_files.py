"""Writing the store's Parquet files, one per table, file by file."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trocar.reference.readers.pprrvu import DESCRIPTIONS
from trocar.reference.tables import TABLES

# The code columns a scope narrows, by table; tables without codes of services are kept whole.
_SCOPED = {
    "schedule": ("hcpcs",),
    "opps_cap": ("hcpcs",),
    "mue": ("hcpcs",),
    "opps_status": ("hcpcs",),
    "ncci_ptp": ("column_1", "column_2"),
    "addon": ("addon", "primary"),
}
# Stands for "the contractor defines the primaries" in the add-on edits.
_CONTRACTOR_DEFINED = "CCCCC"
_ROWS_PER_GROUP = 1 << 20
_SCHEMAS = {**TABLES, "description": DESCRIPTIONS}


class TableFiles:
    """The tables of a store being built: rows appended in the order given, one row group or more per file."""

    def __init__(self, folder: Path, scope: frozenset[str] | None) -> None:
        self._folder = folder
        self._scope = None if scope is None else pa.array(sorted({*scope, _CONTRACTOR_DEFINED}))
        self._writers: dict[str, pq.ParquetWriter] = {}

    def append(self, table: str, rows: pa.Table, file_id: int) -> int:
        """Append a file's rows, narrowed to the scope; returns how many were kept."""
        schema = _SCHEMAS[table]
        if self._scope is not None:
            for column in _SCOPED.get(table, ()):
                rows = rows.filter(pc.is_in(rows[column], value_set=self._scope))
        if "file_id" in schema.names:
            rows = rows.append_column("file_id", pa.repeat(pa.scalar(file_id, pa.int16()), rows.num_rows))
        writer = self._writers.get(table)
        if writer is None:
            writer = pq.ParquetWriter(self._folder / f"{table}.parquet", schema, compression="zstd")
            self._writers[table] = writer
        writer.write_table(rows.select(schema.names).cast(schema), row_group_size=_ROWS_PER_GROUP)
        return int(rows.num_rows)

    def __enter__(self) -> TableFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()
