"""The rows of a book in one file: Parquet, CSV or JSON lines, streaming."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from trocar.book.dictionaries import encoded, encoded_schema, repeating_leaves
from trocar.core.errors import UsageError
from trocar.files.whole import written_whole

Last = Callable[[], Mapping[str, Any]]
_OBJECTS = 16_384
_HASH_SHOWN = 8
# In the findings table only: a finding's JSON shape does not repeat its line.
_LINE_COLUMNS = ("kind", "service_date", "hcpcs", "payer", "rendering_npi")
SUFFIXES = (".parquet", ".csv", ".json", ".ndjson")


def check_target(path: Path) -> None:
    """Raise ``UsageError`` for a file name or folder that can't be written, before any work is done."""
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"{path.suffix or 'a name without suffix'!r} is not a kind of output file",
            where=f"-o {path}",
            remedy=f"End the name in {', '.join(SUFFIXES)}.",
        )
    if not path.parent.is_dir():
        raise UsageError("the folder does not exist", where=f"-o {path}", remedy="Make it, or name another.")


def merge(batches: Iterable[pa.RecordBatch], target: Path, schema: pa.Schema, last: Last) -> None:
    """All rows in the target, whole or not at all; JSON lines end with the object ``last`` gives, called at the end.

    ``schema`` is that of the rows; the texts of the batches may have dictionaries, those of the target have none.
    """
    with written_whole(target) as path:
        if target.suffix == ".parquet":
            _write_parquet(path, batches, schema)
        elif target.suffix == ".csv":
            _write_csv(path, _plain(batches, schema), schema)
        else:
            with path.open("w", encoding="utf-8") as file:
                for batch in _plain(batches, schema):
                    for piece in _pieces(batch):
                        file.writelines(f"{json_text(shape)}\n" for shape in map(json_shape, piece.to_pylist()))
                file.write(f"{json_text(last())}\n")


def write_table(table: pa.Table, target: Path, last: Mapping[str, Any]) -> None:
    """A table that is in memory in the target, in the same shapes."""
    merge(table.to_batches(), target, table.schema, lambda: last)


def _write_parquet(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """One row group per batch: its dictionaries are written as they are, and no text is looked at again."""
    with pq.ParquetWriter(
        path,
        encoded_schema(schema),
        compression="snappy",
        use_dictionary=repeating_leaves(schema),
        # A reader would find the dictionaries of Arrow again instead of plain text.
        store_schema=False,
        # Patients stand in no order that a reader could skip by.
        write_statistics=False,
    ) as writer:
        for batch in batches:
            writer.write_batch(batch if batch.schema == writer.schema else encoded(batch))


def _plain(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield from pa.Table.from_batches([batch]).cast(schema).to_batches()


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch in pieces small enough to stand in memory as Python objects."""
    return (batch.slice(first, _OBJECTS) for first in range(0, batch.num_rows, _OBJECTS))


def _write_csv(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    flat = pa.schema([pa.field(field.name, _flat_kind(field.type)) for field in schema])
    with arrow_csv.CSVWriter(path, flat) as writer:
        for batch in batches:
            columns = [_flat(column) for column in batch.columns]
            writer.write_batch(pa.record_batch(columns, schema=flat))


def _flat_kind(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(kind) or pa.types.is_decimal(kind) else kind


def _flat(column: pa.Array) -> pa.Array:
    """A column as CSV holds it: lists joined by ``; ``, a citation in one line."""
    if pa.types.is_decimal(column.type):
        return column.cast(pa.string())
    if not pa.types.is_list(column.type):
        return column
    if pa.types.is_struct(column.type.value_type):
        values = column.values
        hashed = pc.utf8_slice_codeunits(pc.struct_field(values, "sha256"), 0, _HASH_SHOWN)
        texts = pc.binary_join_element_wise(
            pc.struct_field(values, "release"),
            pc.struct_field(values, "file"),
            pc.binary_join_element_wise("line ", pc.struct_field(values, "line").cast(pa.string()), ""),
            pc.binary_join_element_wise("sha256 ", hashed, "…", ""),
            " · ",
        )
        column = pa.ListArray.from_arrays(column.offsets, texts, mask=column.is_null())
    return pc.binary_join(column, "; ")


def json_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON shape of a row of the findings or prices table: only what the row says."""
    left_out = _LINE_COLUMNS if "kind" in row else ()
    shape = {name: value for name, value in row.items() if value is not None and name not in left_out}
    if shape.get("evidence") is not None:
        shape["evidence"] = json.loads(shape["evidence"])
    for citation in shape.get("citations", ()):
        if citation["warnings"] is None:
            del citation["warnings"]
    return shape


def json_text(shape: Mapping[str, Any]) -> str:
    """One object as one line; dates as ISO text, money as text."""
    return json.dumps(shape, ensure_ascii=False, default=str)
