"""A compacted set of rates, opened for questions like a folder of extracted files."""

from __future__ import annotations

from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.observe import FILE_ORDER, OBSERVED, REGISTRY, TABLE
from trocar.benchmarks.compaction.by_code import RATE_ID, kept_rates
from trocar.benchmarks.compaction.manifest import Manifest, definitions, is_set, read_manifest
from trocar.benchmarks.compaction.proof import remove_leftovers
from trocar.benchmarks.compaction.registry import is_current, with_registry
from trocar.benchmarks.folder import RatesFolder, quoted
from trocar.benchmarks.tables import TABLES

# Where a tax number is asked for whose registry is newer than the set: its groups, numbered as in the set.
_NUMBERED = """
CREATE TABLE numbered AS SELECT party, voter, npis FROM {groups}
WHERE voter IN (SELECT DISTINCT unnest(voters) FROM observed)
"""


def open_rates(path: Path) -> RatesFolder:
    """A folder of published rates in whichever of its two forms; raises ``RatesError`` or ``RatesSetError``."""
    return RatesSet(path) if is_set(path) else RatesFolder(path)


class RatesSet(RatesFolder):
    """The folder of ``trocar rates compact -o``."""

    manifest: Manifest

    @property
    def has_facts(self) -> bool:
        """Whether its facts are those that would be found now."""
        return self.manifest.definitions == definitions()

    def observe(self, code: str, *, by_contract: bool) -> duckdb.DuckDBPyConnection:
        """As kept; worked out from the published columns, where the question or the definitions are others."""
        if by_contract or not self.has_facts:
            return super().observe(code, by_contract=by_contract)
        database = duckdb.connect()
        self._view(database, "files", self._source("files"))
        rates = self._files(self.manifest.partitions)
        self._view(database, "kinds", self._files(self.manifest.tables["kinds"]))
        self._view(database, "voter_names", self._files(self.manifest.tables["voters"]))
        database.execute(FILE_ORDER)
        database.execute(TABLE.format(columns=OBSERVED, rates=kept_rates(self.path, self.manifest, code)))
        published = f"(SELECT {RATE_ID} AS id, * FROM {rates} WHERE is_service AND code = {quoted(code)})"
        self._view(database, "published", published)
        self._registry(database)
        return database

    def registry_changed(self) -> None:
        """Make the registry's tables anew."""
        manifest = with_registry(self.connect(), self.path, self.manifest, self.manifest.generation + 1)
        manifest.write(self.path)
        remove_leftovers(self.path, manifest)
        self.manifest = manifest

    def _registry(self, database: duckdb.DuckDBPyConnection) -> None:
        """The registry's tables as kept, or made for the question when the registry is another one."""
        if is_current(self.path, self.manifest):
            for name in REGISTRY:
                self._view(database, name, self._files(self.manifest.tables[name]))
            return
        database.execute(_NUMBERED.format(groups=self._files(self.manifest.tables["groups"])))
        for name, source in self._registry_sources().items():
            self._view(database, name, source)
        for name, query in REGISTRY.items():
            database.execute(f"CREATE TABLE {name} AS {query.format(groups='numbered')}")

    def _check(self) -> None:
        self.manifest = read_manifest(self.path)

    def _source(self, table: str) -> str:
        paths = self.manifest.partitions if table == "rates" else self.manifest.tables[table]
        columns = ", ".join(f'"{name}"' for name in TABLES[table].names)
        return f"(SELECT {columns} FROM {self._files(paths)})"

    def _files(self, paths: list[str]) -> str:
        return f"read_parquet([{', '.join(quoted(self.path / path) for path in paths)}], hive_partitioning = false)"
