"""Registries of providers for a folder of rates: where they practise, their taxonomies, what they billed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from trocar.benchmarks.folder import BILLED, PROVIDERS, RatesError, RatesFolder

# Headings of the NPPES monthly file and of Medicare's "Physician & Other Practitioners by Provider and Service".
_NPI, _STATE = "NPI", "Provider Business Practice Location Address State Name"
_TAXONOMIES = tuple(f"Healthcare Provider Taxonomy Code_{number}" for number in range(1, 16))
_BILLED_NPI, _BILLED_CODE = "Rndrng_NPI", "HCPCS_Cd"
_NPIS = "SELECT DISTINCT unnest(npis) AS npi FROM groups"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many providers of the folder's groups a registry knew, of how many."""

    providers: int
    of: int
    billed: int


def load_providers(folder: RatesFolder, registry: Path | None, billed: Path | None) -> Loaded:
    """Keep what the files say of the NPIs and codes in the folder; raises ``RatesError`` for files of another shape."""
    database = folder.connect()
    of = _count(database, f"SELECT count(*) FROM ({_NPIS})")
    if registry is not None:
        headings = _headings(database, registry, (_NPI, _STATE, _TAXONOMIES[0]))
        listed = ", ".join(f"nullif(\"{name}\", '')" for name in _TAXONOMIES if name in headings)
        query = f"""
            SELECT r.npi, r.state, r.taxonomies FROM (
                SELECT TRY_CAST("{_NPI}" AS BIGINT) AS npi, nullif(upper("{_STATE}"), '') AS state,
                       list_filter([{listed}], lambda code: code IS NOT NULL) AS taxonomies FROM {_csv(registry)}
            ) r SEMI JOIN ({_NPIS}) n USING (npi)"""
        _write(database, query, folder.path / PROVIDERS)
    if billed is not None:
        _headings(database, billed, (_BILLED_NPI, _BILLED_CODE))
        query = f"""
            SELECT DISTINCT b.npi, b.code FROM (
                SELECT TRY_CAST("{_BILLED_NPI}" AS BIGINT) AS npi, upper("{_BILLED_CODE}") AS code FROM {_csv(billed)}
            ) b SEMI JOIN ({_NPIS}) n USING (npi) SEMI JOIN (SELECT DISTINCT code FROM rates) c ON c.code = b.code"""
        _write(database, query, folder.path / BILLED)
    now = RatesFolder(folder.path).connect()
    return Loaded(_count(now, "SELECT count(*) FROM providers"), of, _count(now, "SELECT count(*) FROM billed"))


def _csv(path: Path) -> str:
    return "read_csv('" + str(path).replace("'", "''") + "', header=true, all_varchar=true)"


def _headings(database: duckdb.DuckDBPyConnection, path: Path, needed: Sequence[str]) -> set[str]:
    try:
        described = database.execute(f"DESCRIBE SELECT * FROM {_csv(path)}").fetchall()
    except duckdb.Error as error:
        raise RatesError(f"the file can't be read ({error})", where=str(path)) from error
    headings = {row[0] for row in described}
    for name in needed:
        if name not in headings:
            remedy = "Give the NPPES monthly file, or Medicare's practitioners by provider and service, as CSV."
            raise RatesError(f"there is no column {name}", where=f"{path.name} row 1", remedy=remedy)
    return headings


def _write(database: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """A Parquet file that is there whole or not at all."""
    building = target.with_name(f".{target.name}.{os.getpid()}")
    database.execute(f"COPY ({query}) TO '" + str(building).replace("'", "''") + "' (FORMAT parquet)")
    building.rename(target)


def _count(database: duckdb.DuckDBPyConnection, query: str) -> int:
    found = database.execute(query).fetchone()
    return int(found[0]) if found else 0
