"""Provider groups within the rates of a part of a file, kept as published until the parts are put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Raw

from trocar.benchmarks.groups import BYTES_AT_ONCE

_SCHEMA = pa.schema([("provider_group_id", pa.string()), ("published", pa.binary()), ("offset", pa.int64())])
_NAME = "inline.parquet"
_ROWS_AT_ONCE = 10_000


class InlineGroups:
    """Groups of one part, in the order in which they are named first.

    They are kept undecoded, because a group that stands in several parts counts once, with whatever departs in it.
    """

    def __init__(self, folder: Path) -> None:
        self._writer = pq.ParquetWriter(folder / _NAME, _SCHEMA, compression="zstd")
        self._rows: list[tuple[str, bytes, int]] = []
        self._bytes = 0

    def __enter__(self) -> InlineGroups:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flush()
        self._writer.close()

    def add(self, group_id: str, ordinal: int, networks: list[str], raw: Raw, offset: int) -> None:
        """Keep one group; its place under its id is always 0, and it has no networks."""
        self._rows.append((group_id, bytes(raw), offset))
        self._bytes += len(self._rows[-1][1])
        if self._bytes > BYTES_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*self._rows, strict=True), _SCHEMA, strict=True)
            ]
            self._writer.write_table(pa.table(columns, schema=_SCHEMA))
        self._rows, self._bytes = [], 0


def inline_groups_of(folders: Sequence[Path]) -> Iterator[tuple[str, Raw, int]]:
    """The groups of the parts in their order, each once: its id, as published, and the offset where it stands first."""
    seen: set[str] = set()
    for folder in folders:
        with pq.ParquetFile(folder / _NAME) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                for row in batch.to_pylist():
                    if row["provider_group_id"] not in seen:
                        seen.add(row["provider_group_id"])
                        yield row["provider_group_id"], Raw(row["published"]), row["offset"]


def count_of(folders: Sequence[Path]) -> int:
    """How many groups the parts hold, those of several parts counted in each."""
    return sum(pq.read_metadata(folder / _NAME).num_rows for folder in folders)
