"""Answers with every text that comes again as a dictionary: told apart once, by the process that wrote it."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

# A dictionary of what differs in every row only costs.
_ALL_DIFFER = frozenset({"row", "claim_id", "where"})


def encoded(table: pa.Table | pa.RecordBatch) -> pa.RecordBatch:
    """The same rows; texts that have a dictionary already keep it."""
    columns = []
    for name, column in zip(table.schema.names, table.columns, strict=True):
        cells = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        columns.append(cells if name in _ALL_DIFFER else _encoded(cells))
    return pa.record_batch(columns, names=table.schema.names)


def encoded_schema(schema: pa.Schema) -> pa.Schema:
    """The schema that such rows have."""
    return encoded(schema.empty_table()).schema


def repeating_leaves(schema: pa.Schema) -> list[str]:
    """The Parquet names of the columns, however deep, whose values come again."""
    return [leaf for field in schema if field.name not in _ALL_DIFFER for leaf in _leaves(field.type, field.name)]


def _leaves(kind: pa.DataType, path: str) -> Iterator[str]:
    if pa.types.is_list(kind):
        yield from _leaves(kind.value_type, f"{path}.list.element")
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(field.type, f"{path}.{field.name}")
    else:
        yield path


def _encoded(cells: pa.Array) -> pa.Array:
    kind = cells.type
    if pa.types.is_string(kind):
        return cells.dictionary_encode()
    if pa.types.is_list(kind):
        offsets = pc.subtract(cells.offsets, cells.offsets[0])
        mask = cells.is_null() if cells.null_count else None
        return pa.ListArray.from_arrays(offsets, _encoded(cells.flatten()), mask=mask)
    if pa.types.is_struct(kind):
        names = [field.name for field in kind]
        return pa.StructArray.from_arrays([_encoded(cells.field(name)) for name in names], names)
    return cells
