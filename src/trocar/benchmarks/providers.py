"""Registries of providers for a folder of rates: where they practise, their taxonomies, what they billed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from trocar.benchmarks.csv_columns import Columns, columns_of
from trocar.benchmarks.folder import BILLED, PROVIDERS, RatesError, RatesFolder

# Headings of the NPPES monthly file and of Medicare's "Physician & Other Practitioners by Provider and Service".
_NPI, _STATE = "NPI", "Provider Business Practice Location Address State Name"
_TAXONOMIES = tuple(f"Healthcare Provider Taxonomy Code_{number}" for number in range(1, 16))
_BILLED_NPI, _BILLED_CODE = "Rndrng_NPI", "HCPCS_Cd"
# Enough for the NPIs of all of the country; what is beyond waits on disk.
_MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many providers of the folder's groups a registry knew, of how many; ``unread``: rows that are no rows."""

    providers: int
    of: int
    billed: int
    unread: int


def load_providers(folder: RatesFolder, registry: Path | None, billed: Path | None) -> Loaded:
    """Keep what the files say of the NPIs and codes in the folder; raises ``RatesError`` for files of another shape.

    The files are read once, as streams of the columns needed: memory grows with the NPIs of the folder alone.
    """
    database = folder.connect()
    with tempfile.TemporaryDirectory(prefix=".providers-", dir=folder.path) as spill:
        database.execute(f"SET memory_limit = '{_MEMORY}'; SET preserve_insertion_order = false")
        database.execute("SET enable_progress_bar = false")
        # DuckDB can't know how long a stream is: left to itself it keeps all of it, to look the folder's NPIs up in.
        database.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        database.execute("SET temp_directory = '" + spill.replace("'", "''") + "'")
        database.execute("CREATE TEMP TABLE named AS SELECT DISTINCT unnest(npis) AS npi FROM groups")
        unread = 0
        if registry is not None:
            unread += _load_registry(database, registry, folder.path / PROVIDERS)
        if billed is not None:
            unread += _load_billed(database, billed, folder.path / BILLED)
        of = _count(database, "named")
    folder.registry_changed()
    now = type(folder)(folder.path).connect()
    return Loaded(_count(now, "providers"), of, _count(now, "billed"), unread)


def _load_registry(database: duckdb.DuckDBPyConnection, path: Path, target: Path) -> int:
    columns = _columns(path, (_NPI, _STATE, _TAXONOMIES[0]))
    taxonomies = [name for name in _TAXONOMIES if name in columns.headings]
    listed = ", ".join(f"nullif(\"{name}\", '')" for name in taxonomies)
    query = f"""
        SELECT r.number AS npi, r.state, r.taxonomies FROM (
            SELECT TRY_CAST("{_NPI}" AS BIGINT) AS number, nullif(upper("{_STATE}"), '') AS state,
                   list_filter([{listed}], lambda code: code IS NOT NULL) AS taxonomies FROM published
        ) r SEMI JOIN named ON named.npi = r.number"""
    _write(database, columns, (_NPI, _STATE, *taxonomies), query, target)
    return columns.unread


def _load_billed(database: duckdb.DuckDBPyConnection, path: Path, target: Path) -> int:
    columns = _columns(path, (_BILLED_NPI, _BILLED_CODE))
    query = f"""
        SELECT DISTINCT b.npi, b.code FROM (
            SELECT TRY_CAST("{_BILLED_NPI}" AS BIGINT) AS npi, upper("{_BILLED_CODE}") AS code FROM published
        ) b SEMI JOIN named USING (npi) SEMI JOIN (SELECT DISTINCT code FROM rates) c ON c.code = b.code"""
    _write(database, columns, (_BILLED_NPI, _BILLED_CODE), query, target)
    return columns.unread


def _columns(path: Path, needed: Sequence[str]) -> Columns:
    try:
        found = columns_of(path, needed)
    except OSError as error:
        raise RatesError(f"the file can't be read ({error})", where=str(path)) from error
    if found is None:
        remedy = (
            "Give the NPPES monthly file, or Medicare's practitioners by provider and service: CSV, or the zip of it."
        )
        raise RatesError(
            f"there is no column {' or no column '.join(needed)}", where=f"{path.name} row 1", remedy=remedy
        )
    return found


def _write(
    database: duckdb.DuckDBPyConnection, columns: Columns, names: Sequence[str], query: str, target: Path
) -> None:
    """Write the answer of a query over the columns as Parquet, there whole or not at all."""
    building = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with columns.open(names) as batches:
            database.register("published", batches)
            database.execute(f"COPY ({query}) TO '" + str(building).replace("'", "''") + "' (FORMAT parquet)")
            database.unregister("published")
        building.rename(target)
    finally:
        building.unlink(missing_ok=True)


def _count(database: duckdb.DuckDBPyConnection, name: str) -> int:
    found = database.execute(f"SELECT count(*) FROM {name}").fetchone()
    return int(found[0]) if found else 0
