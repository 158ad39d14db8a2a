"""The rates of a set by payer: which payer stands in which partition, and the writing of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import duckdb

from trocar.benchmarks.cleaning.facts import OF_ITS_PAYER
from trocar.benchmarks.cleaning.observations import ADDRESS
from trocar.benchmarks.cleaning.payers import known_ids
from trocar.benchmarks.compaction.stage import PARQUET
from trocar.benchmarks.folder import quoted

# Rates without a payer (hospitals' own prices), and those of payers too small for a file of their own.
NO_PAYER, OTHERS = "no-payer", "other-payers"
# Hospitals write thousands of names: each a file would cost a question more than it spares. By measurement a file
# costs a question as much as some ten thousand rates of other codes.
OWN_FROM = 100_000
# Rows in a row group (bench/rates_layout.py).
ROW_GROUP = 122_880
_LONGEST = 120
_OF_ITS_PAYER = "is_repeated, is_ambiguous, gross"


def partition_name(payer_id: str) -> str:
    """The name of a payer's folder: its id, with all but letters, digits and some signs escaped, and cut if long."""
    name = f"payer-{quote(payer_id, safe='')}"
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}-{sha256(payer_id.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Deal:
    """Which payers have a partition of their own, by its name, and which partitions are to be written."""

    own: Mapping[str, str]
    written: frozenset[str]


def deal(database: duckdb.DuckDBPyConnection, staged: Sequence[Path], kept: Mapping[str, Path], gone: str) -> Deal:
    """Deal out staged rates; ``kept``: the partitions as they are, ``gone``: a condition on their rates that go.

    A payer never loses its partition. One that outgrows the common one gets its own, and both are written.
    """
    counts = _counts(database, relation(staged), "true") if staged else Counter[str | None]()
    common = _counts(database, relation([kept[OTHERS]]), f"NOT ({gone})") if OTHERS in kept else Counter[str | None]()
    known = known_ids()
    own = {
        payer: partition_name(payer)
        for payer, rates in (counts + common).items()
        if payer is not None and (payer in known or partition_name(payer) in kept or rates >= OWN_FROM)
    }
    written = {own.get(payer, OTHERS) if payer is not None else NO_PAYER for payer in counts}
    moved = own.keys() & common.keys()
    written |= {own[payer] for payer in moved} | ({OTHERS} if moved else set())
    written |= {name for name, path in kept.items() if _counts(database, relation([path]), gone)}
    return Deal(own, frozenset(written if written or kept else {NO_PAYER}))


def write_partition(
    database: duckdb.DuckDBPyConnection,
    name: str,
    dealt: Deal,
    staged: Sequence[Path],
    kept: Mapping[str, Path],
    gone: str,
    target: Path,
) -> int:
    """Write one partition anew, sorted by code and place; how many rates it has."""
    mine = _condition(database, name, dealt)
    held = [f"SELECT * EXCLUDE ({_OF_ITS_PAYER}) FROM {relation([kept[part]])} WHERE NOT ({gone}) AND {mine}"
            for part in dict.fromkeys((name, OTHERS)) if part in kept]  # fmt: skip
    held += [f"SELECT * FROM {relation(staged)} WHERE {mine}"] if staged else []
    rows = " UNION ALL BY NAME ".join(held)
    database.execute(f"CREATE OR REPLACE TABLE part AS SELECT row_number() OVER () AS id, * FROM ({rows})")
    query = f"SELECT * EXCLUDE (id) FROM ({OF_ITS_PAYER.format(rates='part')}) ORDER BY code, {ADDRESS}"
    target.parent.mkdir(parents=True, exist_ok=True)
    database.execute(f"COPY ({query}) TO {quoted(target)} ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})")
    counted = database.execute("SELECT count(*) FROM part").fetchone()
    database.execute("DROP TABLE part")
    return int(counted[0]) if counted else 0


def relation(paths: Sequence[Path]) -> str:
    """Some Parquet files of one shape as a relation."""
    return f"read_parquet([{', '.join(map(quoted, paths))}], hive_partitioning = false)"


def _counts(database: duckdb.DuckDBPyConnection, rates: str, condition: str) -> Counter[str | None]:
    """Rates by payer."""
    query = f"SELECT payer_id, count(*) FROM {rates} WHERE {condition} GROUP BY 1"
    return Counter(dict(database.execute(query).fetchall()))


def _condition(database: duckdb.DuckDBPyConnection, name: str, dealt: Deal) -> str:
    """Which rates stand in a partition."""
    if name == NO_PAYER:
        return "payer_id IS NULL"
    for payer, partition in dealt.own.items():
        if partition == name:
            return "payer_id = '" + payer.replace("'", "''") + "'"
    if name != OTHERS:  # nothing new of its payer: all that is in it stays
        return "true"
    database.execute("CREATE OR REPLACE TABLE own AS SELECT unnest($1::VARCHAR[]) AS payer_id", [list(dealt.own)])
    return "payer_id IS NOT NULL AND payer_id NOT IN (SELECT payer_id FROM own)"
