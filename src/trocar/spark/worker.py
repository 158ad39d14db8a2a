"""What a Spark worker does with one partition: its Arrow batches as one claim table, through the one kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from trocar.book.dictionaries import encoded, encoded_schema
from trocar.book.problems import problem_row
from trocar.book.repeated import split_repeated
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.errors import ClaimInputError
from trocar.scrub.check import check
from trocar.scrub.findings_table import FINDINGS_SCHEMA, encoded_table, rows_table
from trocar.spark.shipped_store import ShippedStore, open_shipped

Batches = Iterator[Any]
PACKED_SCHEMA = pa.schema([("findings", pa.binary())])


def partition_check(store: ShippedStore) -> Callable[[Batches], Batches]:
    """The function that Spark applies to a partition of claim lines; it gives rows of ``FINDINGS_SCHEMA``."""

    def check_partition(batches: Batches) -> Batches:
        # A function defined here goes to the workers by value; what it calls they import.
        table = findings_of_partition(list(batches), store)
        return iter(()) if table is None else iter(table.to_batches())

    return check_partition


def packed_partition_check(store: ShippedStore) -> Callable[[Batches], Batches]:
    """The same, with all findings of a partition as one value, an Arrow stream: what the driver fetches fast."""

    def check_partition(batches: Batches) -> Batches:
        if found := _encoded_findings(list(batches), store):
            yield pa.record_batch([pa.array([packed(found)], pa.binary())], schema=PACKED_SCHEMA)

    return check_partition


def findings_of_partition(batches: list[pa.RecordBatch], store: ShippedStore) -> pa.Table | None:
    """The findings of the lines of a partition, ``None`` when it has no line."""
    found = _encoded_findings(batches, store)
    return pa.concat_tables([pa.table(batch).cast(FINDINGS_SCHEMA) for batch in found]) if found else None


def _encoded_findings(batches: list[pa.RecordBatch], store: ShippedStore) -> list[pa.RecordBatch]:
    """The same, where texts that come again have a dictionary; nothing for a partition without lines."""
    if not sum(batch.num_rows for batch in batches):
        return []
    lines = claim_lines(pa.Table.from_batches(batches))
    kept, repeated = split_repeated(lines)
    if repeated:
        # Rows reach a worker in any order. Which of two equal lines is the later one must not hang on that.
        columns = [name for name in ("claim_id", "line", "where", *lines.column_names) if name != "diagnoses"]
        kept, repeated = split_repeated(lines.sort_by([(name, "ascending") for name in columns]))
    found = [encoded(encoded_table(check(kept, open_shipped(store))))]
    return [*found, encoded(rows_table(map(problem_row, repeated)))] if repeated else found


def claim_lines(table: pa.Table) -> pa.Table:
    """The columns of the claim table, of its types; raises ``ClaimInputError`` for what can't be had exactly."""
    columns = []
    for field in CLAIM_SCHEMA:
        column = table[field.name]
        if column.null_count and not field.nullable:
            raise ClaimInputError(
                f"{column.null_count} lines of a partition have no {field.name}",
                where=f"column {field.name}",
                remedy="Leave such lines out, or have them reported: trocar check reads them from a file.",
            )
        try:
            columns.append(column.cast(field.type))
        except pa.ArrowInvalid as error:
            raise ClaimInputError(
                f"the values can't be {field.type} ({error})",
                where=f"column {field.name}",
                remedy="docs/scale.md says which columns the claims must have.",
            ) from error
    return pa.Table.from_arrays(columns, schema=CLAIM_SCHEMA)


def packed(batches: Sequence[pa.RecordBatch]) -> bytes:
    """Encoded findings as one compressed Arrow stream."""
    sink = pa.BufferOutputStream()
    schema = encoded_schema(FINDINGS_SCHEMA)
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        for batch in batches:
            stream.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def unpacked(content: bytes) -> Iterator[pa.RecordBatch]:
    """The batches of such a stream."""
    with pa.ipc.open_stream(content) as stream:
        yield from stream
