"""The extracted files that a set is made of, each whole or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trocar.benchmarks.compaction.manifest import RatesSetError, is_set
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.tables import TABLES
from trocar.benchmarks.writer import WRITTEN

_COUNTED = ("rates", "groups", "rejects")


@dataclass(frozen=True)
class Source:
    """One extracted file: its folder, and its row of ``files``."""

    folder: Path
    file: dict[str, Any]

    @property
    def file_id(self) -> str:
        """The first digits of the digest of its bytes."""
        return str(self.file["file_id"])

    @property
    def rates(self) -> int:
        """How many rates it has."""
        return int(self.file["rates"])


def sources_in(path: Path) -> Iterator[Source]:
    """The files extracted into a folder, by name; raises ``RatesSetError`` for what is damaged or something else."""
    if is_set(path):
        remedy = "Give the folder of trocar rates extract."
        raise RatesSetError("it is a compacted set already", where=str(path), remedy=remedy)
    RatesFolder(path)  # says when nothing was extracted into it
    for folder in sorted(path.glob(WRITTEN)):
        if folder.is_dir():
            yield _source(folder)


def _source(folder: Path) -> Source:
    remedy = "Extract its file again, or move the folder away."
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
    if missing:
        what = f"it is no folder of an extracted file: there is no {missing[0]}.parquet"
        raise RatesSetError(what, where=str(folder), remedy=remedy)
    counts = {name: _rows(folder / f"{name}.parquet", name, remedy) for name in TABLES}
    rows = _read(folder / "files.parquet")
    if [row["file_id"] for row in rows] != [folder.name]:
        raise RatesSetError("its table files is of another file", where=str(folder), remedy=remedy)
    for name in _COUNTED:
        if rows[0][name] != counts[name]:
            what = f"the table {name} has {counts[name]} rows, extracted were {rows[0][name]}"
            raise RatesSetError(what, where=str(folder / f"{name}.parquet"), remedy=remedy)
    return Source(folder, rows[0])


def _rows(path: Path, name: str, remedy: str) -> int:
    """How many rows a table has, if its columns are those of the table."""
    try:
        with pq.ParquetFile(path) as file:
            held, rows = file.schema_arrow, file.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise RatesSetError(f"the table can't be read ({error})", where=str(path), remedy=remedy) from error
    for field in TABLES[name]:
        place = held.get_field_index(field.name)
        if place < 0 or not _alike(held.field(place).type, field.type):
            what = f"the column {field.name} is missing or of another type"
            raise RatesSetError(what, where=str(path), remedy=remedy)
    return int(rows)


def _alike(held: pa.DataType, expected: pa.DataType) -> bool:
    """Whether two types are the same, whatever the elements of lists are called."""
    if pa.types.is_list(held) and pa.types.is_list(expected):
        return _alike(held.value_type, expected.value_type)
    return bool(held == expected)


def _read(path: Path) -> list[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        rows: list[dict[str, Any]] = file.read().to_pylist()
    return rows
