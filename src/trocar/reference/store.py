"""An opened reference store: its catalog, and its tables read from Parquet when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trocar.reference.catalog import Catalog
from trocar.reference.tables import TABLES

CATALOG_NAME = "catalog.json"


@dataclass(frozen=True)
class Store:
    """A reference store on disk: ``catalog.json`` beside one Parquet file per table."""

    path: Path

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog; raises ``StoreError`` when the store is missing or damaged."""
        return Catalog.read(self.path / CATALOG_NAME)

    def table(self, name: str) -> pa.Table:
        """All rows of one table in file order; an empty table when the store holds none."""
        file = self.path / f"{name}.parquet"
        if not file.exists():
            return TABLES[name].empty_table()
        return pq.read_table(file, memory_map=True)
