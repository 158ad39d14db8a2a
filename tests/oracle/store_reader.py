"""The reference as plain Python dicts: the rows of some codes, and which file is in force on a day.

Part of the oracle: it reads the Parquet tables of a store and shares no look-up with the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trocar.reference.catalog import CatalogFile
from trocar.reference.store import Store

Row = dict[str, Any]


class Reference:
    """Every row about ``codes`` (and about the endoscopic bases of those codes), with all localities and ZIPs."""

    def __init__(self, path: Path, codes: Iterable[str]) -> None:
        store = Store(path)
        self.scope = frozenset(store.catalog.scope)
        self.files = {file.file_id: file for file in store.catalog.files}
        schedule = store.table("schedule")
        codes = set(codes) | _bases(schedule, set(codes))
        self.codes = frozenset(codes)
        self.schedule = {(row["file_id"], row["hcpcs"], row["modifier"]): row for row in _of(schedule, codes, "hcpcs")}
        self.gpci = {(row["file_id"], row["mac"], row["locality"]): row for row in store.table("gpci").to_pylist()}
        self.zips = {(row["file_id"], row["zip"]): row for row in store.table("zip_locality").to_pylist()}
        self.mue = {(row["file_id"], row["hcpcs"]): row for row in _of(store.table("mue"), codes, "hcpcs")}
        self.pairs: dict[tuple[int, str, str], list[Row]] = {}
        for row in _of(store.table("ncci_ptp"), codes, "column_1", "column_2"):
            self.pairs.setdefault((row["file_id"], row["column_1"], row["column_2"]), []).append(row)
        self.addons: dict[str, list[Row]] = {}
        for row in _of(store.table("addon"), codes, "addon"):
            self.addons.setdefault(row["addon"], []).append(row)

    def in_force(self, table: str, day: date, setting: str = "") -> CatalogFile | None:
        """The file of a table in force on a day; None when no file held covers it."""
        for file in self.files.values():
            if file.table == table and file.first <= day <= file.last and setting in ("", file.setting):
                return file
        return None

    def files_of(self, table: str, setting: str = "") -> list[CatalogFile]:
        """Every file of a table, of one setting if one is given."""
        return [file for file in self.files.values() if file.table == table and setting in ("", file.setting)]

    def lists(self, code: str) -> bool:
        """Whether the store can say that a code does not exist: a partial store knows its own codes alone."""
        return not self.scope or code in self.scope


def _of(table: pa.Table, codes: set[str], *columns: str) -> list[Row]:
    for column in columns:
        table = table.filter(pc.is_in(table[column], pa.array(sorted(codes))))
    return table.to_pylist()


def _bases(schedule: pa.Table, codes: set[str]) -> set[str]:
    return {row["endoscopic_base"] for row in _of(schedule, codes, "hcpcs")} - {"", None}
