"""A folder of extracted rates, opened: its tables as views of one DuckDB connection."""

from __future__ import annotations

from pathlib import Path

import duckdb

from trocar.core.errors import TrocarError

TABLES = ("rates", "groups", "files", "rejects")
PROVIDERS, BILLED = "providers.parquet", "billed.parquet"


class RatesError(TrocarError):
    """A folder of rates is missing, empty or not of this version."""

    docs = "docs/benchmarks.md"


class RatesFolder:
    """The folder of ``trocar rates extract -o``; nothing in it is changed here.

    ``has_providers`` and ``has_billed``: whether a registry of providers, and a file of what they billed, were loaded.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not any(path.glob("*/rates.parquet")):
            remedy = "Extract some: trocar rates extract FILE --codes @guidance -o DIR."
            raise RatesError("there are no extracted rates", where=str(path), remedy=remedy)
        self.has_providers = (path / PROVIDERS).is_file()
        self.has_billed = (path / BILLED).is_file()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A new connection with the views ``rates``, ``groups``, ``files``, ``rejects``, ``providers``, ``billed``."""
        database = duckdb.connect()
        for name in TABLES:
            self._view(
                database, name, f"read_parquet({_quoted(self.path / '*' / f'{name}.parquet')}, union_by_name=true)"
            )
        providers = f"read_parquet({_quoted(self.path / PROVIDERS)})"
        nobody = "(SELECT NULL::BIGINT npi, NULL::VARCHAR state, NULL::VARCHAR[] taxonomies WHERE false)"
        self._view(database, "providers", providers if self.has_providers else nobody)
        billed = f"read_parquet({_quoted(self.path / BILLED)})"
        nothing = "(SELECT NULL::BIGINT npi, NULL::VARCHAR code WHERE false)"
        self._view(database, "billed", billed if self.has_billed else nothing)
        return database

    def _view(self, database: duckdb.DuckDBPyConnection, name: str, source: str) -> None:
        try:
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")
        except duckdb.Error as error:
            raise RatesError(f"the table {name} can't be read ({error})", where=str(self.path)) from error


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
