"""Published rates opened for questions: a folder of extracted files, as tables of one DuckDB connection."""

from __future__ import annotations

from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.observe import observe, place_parties
from trocar.benchmarks.writer import WRITTEN
from trocar.core.errors import TrocarError

TABLES = ("rates", "groups", "files", "rejects")
PROVIDERS, BILLED = "providers.parquet", "billed.parquet"
# The tables of a registry that is not there.
NO_PROVIDERS = "(SELECT NULL::BIGINT npi, NULL::VARCHAR state, NULL::VARCHAR[] taxonomies WHERE false)"
NO_BILLED = "(SELECT NULL::BIGINT npi, NULL::VARCHAR code WHERE false)"


class RatesError(TrocarError):
    """A folder of rates is missing, empty or not of this version."""

    docs = "docs/benchmarks.md"


class RatesFolder:
    """The folder of ``trocar rates extract -o``; nothing in it is changed here.

    ``has_providers`` and ``has_billed``: whether a registry of providers, and a file of what they billed, were loaded.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._check()
        self.has_providers = (path / PROVIDERS).is_file()
        self.has_billed = (path / BILLED).is_file()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A new connection with the views ``rates``, ``groups``, ``files``, ``rejects``, ``providers``, ``billed``."""
        database = duckdb.connect()
        for name in TABLES:
            self._view(database, name, self._source(name))
        for name, source in self._registry_sources().items():
            self._view(database, name, source)
        return database

    def observe(self, code: str, *, by_contract: bool) -> duckdb.DuckDBPyConnection:
        """A connection with what a question about a code begins with: ``files``, the tables of ``cleaning.observe``."""
        database = self.connect()
        observe(database, code, by_contract=by_contract)
        place_parties(database)
        return database

    def registry_changed(self) -> None:
        """Called when the registry's files were written: what was made of them is made anew."""

    def _check(self) -> None:
        if not any(self.path.glob(f"{WRITTEN}/rates.parquet")):
            remedy = "Extract some: trocar rates extract FILE --codes @guidance -o DIR."
            raise RatesError("there are no extracted rates", where=str(self.path), remedy=remedy)

    def _registry_sources(self) -> dict[str, str]:
        providers, billed = (f"read_parquet({quoted(self.path / name)})" for name in (PROVIDERS, BILLED))
        return {
            "providers": providers if self.has_providers else NO_PROVIDERS,
            "billed": billed if self.has_billed else NO_BILLED,
        }

    def _source(self, table: str) -> str:
        return f"read_parquet({quoted(self.path / WRITTEN / f'{table}.parquet')}, union_by_name=true)"

    def _view(self, database: duckdb.DuckDBPyConnection, name: str, source: str) -> None:
        try:
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")
        except duckdb.Error as error:
            raise RatesError(f"the table {name} can't be read ({error})", where=str(self.path)) from error


def quoted(path: Path | str) -> str:
    """A path as SQL writes it."""
    return "'" + str(path).replace("'", "''") + "'"
