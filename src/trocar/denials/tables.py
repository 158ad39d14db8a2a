"""The tables of a book of remittances: those of the 835 reader, the claims as sent, and the files they came from."""

from __future__ import annotations

import pyarrow as pa

from trocar.claims.table import CLAIM_SCHEMA
from trocar.claims.x12.x835 import schemas

TEXTS = pa.list_(pa.string())
# Every row names its file, so that a file added twice replaces itself.
FILE_ID = pa.field("file_id", pa.string(), metadata={"meaning": "first 16 digits of the sha256 of the file"})
REMITTANCE_TABLES = ("payments", "claims", "lines", "adjustments", "remarks", "provider_adjustments")


def _of_file(schema: pa.Schema) -> pa.Schema:
    return pa.schema([FILE_ID, *schema])


FINDINGS = pa.schema(
    [
        FILE_ID,
        pa.field("rule", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("message", pa.string()),
        pa.field("remedy", pa.string()),
        pa.field("where", pa.string()),
    ]
)
DEPOSITS = pa.schema(
    [
        FILE_ID,
        pa.field("deposit_date", pa.date32()),
        pa.field("amount_cents", pa.int64()),
        pa.field("trace", pa.string(), metadata={"meaning": "number of the payment (TRN02)"}),
        pa.field(
            "originator", pa.string(), metadata={"meaning": "payer's number (TRN03), where the addendum gives it"}
        ),
        pa.field("where", pa.string()),
    ]
)
FILES = pa.schema(
    [
        FILE_ID,
        pa.field("name", pa.string()),
        pa.field("kind", pa.string(), metadata={"meaning": "remittance, claims or deposits"}),
        pa.field("sequence", pa.int64(), metadata={"meaning": "how many files were added before it"}),
        pa.field("sha256", pa.string()),
        pa.field("rows", pa.int64(), metadata={"meaning": "claims of a remittance, lines of claims"}),
        pa.field("segments", pa.int64(), metadata={"meaning": "segments of a remittance"}),
        pa.field(
            "unread", pa.int64(), metadata={"meaning": "segments that have no place in the guide: kept, not read"}
        ),
        pa.field("notes", TEXTS, metadata={"meaning": "what the reader had to say"}),
    ]
)
TABLES: dict[str, pa.Schema] = {
    **{name: _of_file(schema) for name, schema in schemas().items()},
    "sent": _of_file(CLAIM_SCHEMA),
    "deposits": DEPOSITS,
    "findings": FINDINGS,
    "files": FILES,
}


def of_file(table_name: str, table: pa.Table, file_id: str) -> pa.Table:
    """Rows of a table of the book: those of one file, with the column that names it; what they lack is null."""
    columns = {name: table[name] for name in table.column_names}
    columns["file_id"] = pa.repeat(pa.scalar(file_id), table.num_rows)
    schema = TABLES[table_name]
    arrays = [columns[f.name] if f.name in columns else pa.nulls(table.num_rows, f.type) for f in schema]
    return pa.table(arrays, names=schema.names).cast(schema)
