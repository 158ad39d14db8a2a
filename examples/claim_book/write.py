"""Write a book as Parquet or CSV, in one file or in parts, in claim order or scattered, in bounded memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from claim_book.draw import TRUTH_SCHEMA, Chunk
from trocar.claims.table import CLAIM_SCHEMA

LINES_PER_PART = 1_000_000
LINES_PER_ROW_GROUP = 131_072
# Scattering deals the lines out to this many files at most, each of at least so many lines.
MOST_PILES, LINES_PER_PILE = 256, 250_000


class BookWriter:
    """Writes tables of claim lines one after the other; a folder gets parts of about a million lines."""

    def __init__(self, target: Path, form: str) -> None:
        self.target, self.form = target, form
        self.in_parts = target.suffix not in (".parquet", ".csv")
        self.written = self.part = 0
        self._file: pq.ParquetWriter | pa.csv.CSVWriter | None = None
        (target if self.in_parts else target.parent).mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> BookWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None

    def write(self, table: pa.Table) -> None:
        """Append some lines; a full part is closed."""
        if self.in_parts and self.written >= LINES_PER_PART:
            self._close()
            self.part, self.written = self.part + 1, 0
        path = self.target / f"part-{self.part:05d}.{self.form}" if self.in_parts else self.target
        shaped = csv_shape(table) if self.form == "csv" else with_where(table, path.name, self.written)
        if self._file is None:
            self._file = _opened(path, shaped.schema, self.form)
        self._file.write_table(shaped, LINES_PER_ROW_GROUP)
        self.written += len(table)


def _opened(path: Path, schema: pa.Schema, form: str) -> pq.ParquetWriter | pa.csv.CSVWriter:
    if form == "csv":
        return pa.csv.CSVWriter(path, schema, write_options=pa.csv.WriteOptions(quoting_style="needed"))
    repeated = [
        name for name in schema.names if name not in ("claim_id", "patient_id", "where", "charge_cents", "line")
    ]
    # Without the Arrow schema a dictionary column reads back as the plain text column of CLAIM_SCHEMA.
    return pq.ParquetWriter(path, schema, store_schema=False, use_dictionary=repeated, compression="snappy")


def with_where(table: pa.Table, name: str, before: int) -> pa.Table:
    """The table with each line's address in its file: ``part-00000.parquet row 17``."""
    rows = pa.array(np.arange(before + 1, before + 1 + len(table))).cast(pa.string())
    where = pc.binary_join_element_wise(f"{name} row", rows, " ")
    return table.append_column(CLAIM_SCHEMA.field("where"), where)


def csv_shape(table: pa.Table) -> pa.Table:
    """The columns of ``docs/formats/claims-csv.md``: modifiers and diagnoses in one cell each, dollars."""
    joined = _joined([table[f"modifier_{number}"].cast(pa.string()) for number in (1, 2, 3, 4)])
    cents = np.zeros((len(table), 2), np.int64)
    cents[:, 0] = table["charge_cents"].to_numpy()
    dollars = pa.Array.from_buffers(pa.decimal128(18, 2), len(table), [None, pa.py_buffer(cents)])
    diagnoses = pc.binary_join(table["diagnoses"].cast(pa.list_(pa.string())), " ")
    columns = {
        "claim_id": table["claim_id"], "line": table["line"], "service_date": table["service_date"],
        "hcpcs": table["hcpcs"], "modifiers": joined, "units": table["units"], "charge": dollars,
        "place_of_service": table["place_of_service"], "zip": table["zip"], "diagnoses": diagnoses,
        "setting": table["setting"], "rendering_npi": table["rendering_npi"], "billing_npi": table["billing_npi"],
        "taxonomy": table["taxonomy"], "patient_id": table["patient_id"], "payer": table["payer"],
        "provider_type": table["provider_type"],
    }  # fmt: skip
    plain = {
        name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        for name, column in columns.items()
    }
    return pa.table(plain)


def _joined(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The texts of each row, apart by a space; null where there is none."""
    answer, *others = columns
    for column in others:
        both = pc.binary_join_element_wise(answer, column, " ")
        answer = pc.if_else(pc.is_valid(column), both, answer)
    return answer


def plain_table(chunks: Iterable[Chunk], name: str = "book") -> tuple[pa.Table, pa.Table]:
    """A whole book in memory: the claims (``CLAIM_SCHEMA``) and the truth."""
    tables, truths, before = [], [TRUTH_SCHEMA.empty_table()], 0
    for chunk in chunks:
        tables.append(with_where(chunk.claims, name, before).cast(CLAIM_SCHEMA))
        truths.append(chunk.truth)
        before += len(chunk.claims)
    return pa.concat_tables(tables), pa.concat_tables(truths)


def scattered(chunks: Iterable[Chunk], lines: int, seed: int, beside: Path) -> Iterator[Chunk]:
    """The lines of the whole book in random order: dealt out to files, each then mixed in memory."""
    piles = min(MOST_PILES, -(-lines // LINES_PER_PILE))
    folder = Path(tempfile.mkdtemp(prefix="claim-book-", dir=beside))
    empty = TRUTH_SCHEMA.empty_table()
    try:
        files: list[pa.ipc.RecordBatchFileWriter] = []
        for number, chunk in enumerate(chunks):
            pile_of = np.random.default_rng([seed, 2 << 40, number]).integers(piles, size=len(chunk.claims))
            table = _without_dictionaries(chunk.claims).take(pa.array(np.argsort(pile_of, kind="stable")))
            files = files or [pa.ipc.new_file(folder / f"{pile}.arrow", table.schema) for pile in range(piles)]
            sizes = np.bincount(pile_of, minlength=piles)
            for file, end, size in zip(files, np.cumsum(sizes), sizes, strict=True):
                file.write_table(table.slice(end - size, size))
            yield Chunk(table.slice(0, 0), chunk.truth)
        for pile, file in enumerate(files):
            file.close()
            table = pa.ipc.open_file(folder / f"{pile}.arrow").read_all()
            order = np.random.default_rng([seed, 3 << 40, pile]).permutation(len(table))
            yield Chunk(table.combine_chunks().take(pa.array(order)), empty)
            (folder / f"{pile}.arrow").unlink()
    finally:
        shutil.rmtree(folder)


def _without_dictionaries(table: pa.Table) -> pa.Table:
    fields = [CLAIM_SCHEMA.field(name) for name in table.schema.names]
    return table.cast(pa.schema(fields))
