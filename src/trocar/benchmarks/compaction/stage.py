"""Extracted files on their way into a set: their groups numbered, their rates with what stands in their own file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.facts import of_its_file
from trocar.benchmarks.cleaning.observations import NORMAL, facility_places, name_payers
from trocar.benchmarks.cleaning.observe import VOTER
from trocar.benchmarks.compaction.sources import Source
from trocar.benchmarks.folder import quoted
from trocar.benchmarks.tables import TABLES

# Files are taken together up to so many rates: small ones cost a query each otherwise.
RATES_AT_ONCE = 1_500_000
# zstd, as the extracted tables.
PARQUET = "FORMAT parquet, COMPRESSION zstd"

_NEW_VOTERS = f"""
INSERT INTO voters
SELECT (SELECT coalesce(max(voter), 0) FROM voters) + row_number() OVER (ORDER BY name), name
FROM (SELECT DISTINCT {VOTER} AS name FROM {{groups}} WHERE tin IS NOT NULL) ANTI JOIN voters USING (name)
"""
_GROUPS = f"""
SELECT g.*, {{first}} + row_number() OVER () AS party, v.voter FROM {{groups}} g
LEFT JOIN voters v ON g.tin IS NOT NULL AND v.name = {VOTER}
"""


def batches(sources: Sequence[Source]) -> Iterator[list[Source]]:
    """Files that are worked on together, in their order."""
    held: list[Source] = []
    for source in sources:
        if held and sum(one.rates for one in held) + source.rates > RATES_AT_ONCE:
            yield held
            held = []
        held.append(source)
    if held:
        yield held


def stage(
    database: duckdb.DuckDBPyConnection, batch: Sequence[Source], first_party: int, groups: Path, rates: Path
) -> int:
    """Write a part of the set's ``groups``, and the rates to be dealt out to partitions; gives the next party.

    ``voters`` of the database holds the numbers of tax numbers; new ones are added. Nothing is left out: ``groups`` has
    every row of the table, also those without a tax number, which are no voters.
    """
    held = extracted(batch, "groups")
    database.execute(_NEW_VOTERS.format(groups=held))
    numbered = _GROUPS.format(groups=held, first=first_party)
    database.execute(f"COPY ({numbered}) TO {quoted(groups)} ({PARQUET})")
    rows = database.execute(f"SELECT coalesce(max(party), {first_party}) FROM {quoted(groups)}")
    next_party = int((rows.fetchone() or (first_party,))[0])
    published = extracted(batch, "rates")
    names = database.execute(f"SELECT DISTINCT payer FROM {published} WHERE payer IS NOT NULL").fetchall()
    name_payers(database, [name for (name,) in names])
    normal = f"SELECT row_number() OVER () AS id, * FROM ({NORMAL.format(rates=published)})"
    database.execute(f"CREATE OR REPLACE TABLE normal AS {normal}", {"facility": facility_places()})
    resolved = f"(SELECT file_id, provider_group_id, party, voter FROM {quoted(groups)} WHERE voter IS NOT NULL)"
    query = of_its_file(database, normal="normal", groups=resolved, every="normal")
    database.execute(f"COPY (SELECT * EXCLUDE (id) FROM ({query})) TO {quoted(rates)} ({PARQUET})")
    database.execute("DROP TABLE normal")
    return next_party


def extracted(batch: Sequence[Source], table: str) -> str:
    """One table of some extracted files, as a relation of its published columns."""
    paths = ", ".join(quoted(source.folder / f"{table}.parquet") for source in batch)
    columns = ", ".join(f'"{name}"' for name in TABLES[table].names)
    return f"(SELECT {columns} FROM read_parquet([{paths}], hive_partitioning = false))"
