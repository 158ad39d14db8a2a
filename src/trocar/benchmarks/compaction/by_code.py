"""What questions need of a set's rates, in files by ranges of codes: a question opens one of each run.

A run covers some partitions as they were when it was written. A compaction writes a run for the partitions that it
writes; with them go older runs that are not much larger, so runs are few, and what is written is near what is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.observe import OBSERVED
from trocar.benchmarks.compaction.manifest import Manifest, Run
from trocar.benchmarks.compaction.partitions import relation
from trocar.benchmarks.compaction.stage import PARQUET
from trocar.benchmarks.folder import quoted

# Codes are put together up to so many rates; a code is never split.
RATES_IN_FILE = 2_000_000
# Small, so that little is read beside the code; of one file the more of them cost nothing (bench/rates_layout.py).
ROW_GROUP = 20_480
# A run that stays beside a newer one has so many times its rates: of n times as many rates there are log n runs.
_LARGER = 2
# The number of a rate: its partition, by its place in a list of them, and its row there.
RATE_ID = "(file_index::BIGINT << 40) | file_row_number"
_IN_SET = "(({places})[(id >> 40) + 1] << 40) | (id & ((1::BIGINT << 40) - 1))"


def add_run(
    database: duckdb.DuckDBPyConnection, output: Path, manifest: Manifest, written: Sequence[str], generation: int
) -> list[Run]:
    """The runs of a set whose partitions ``written`` (their paths) are new: some earlier ones, largest first, and one
    more.
    """
    rows = {path: manifest.rows[name] for name, path in manifest.rates.items()}
    covered = list(written)
    kept: list[Run] = []
    for run in sorted(manifest.by_code, key=lambda run: _live(run, rows)):
        live = _live(run, rows)
        if live < _LARGER * sum(rows[path] for path in covered) or 2 * live <= run.rates:
            covered += [path for path in run.partitions if path in rows]
        else:
            kept.insert(0, run)
    return [*kept, _written(database, output, sorted(covered), rows, generation)] if covered else kept


def kept_rates(folder: Path, manifest: Manifest, code: str) -> str:
    """What the runs have of a code, as a relation; ``id``: of the partitions of the set in their order."""
    at = {path: place for place, path in enumerate(manifest.partitions)}
    parts = []
    for run in manifest.by_code:
        # A partition written again since has no place.
        places = [at.get(path) for path in run.partitions]
        listed = ", ".join("NULL" if place is None else str(place) for place in places)
        number = _IN_SET.format(places=f"[{listed}]::BIGINT[]")
        held = f"SELECT * REPLACE ({number} AS id) FROM {relation([folder / _file_of(run, code)])}"
        parts.append(f"SELECT * FROM ({held}) WHERE id IS NOT NULL AND code = {quoted(code)}")
    return f"({' UNION ALL '.join(parts)})"


def _live(run: Run, rows: dict[str, int]) -> int:
    return sum(rows.get(path, 0) for path in run.partitions)


def _written(
    database: duckdb.DuckDBPyConnection, output: Path, partitions: list[str], rows: dict[str, int], generation: int
) -> Run:
    """Write a run; rates of no service are left out. One without any has an empty file."""
    rates = relation([output / path for path in partitions])
    query = f"SELECT code, count(*) FROM {rates} WHERE is_service GROUP BY code ORDER BY code"
    files: list[list[str]] = []
    held = 0
    for code, count in database.execute(query).fetchall() or [("", 0)]:
        if not files or held + count > RATES_IN_FILE:
            files.append([code, code, f"by-code/{generation:06d}-{len(files):05d}.parquet"])
            held = 0
        files[-1][1] = code
        held += count
    for first, last, path in files:
        (output / path).parent.mkdir(exist_ok=True)
        wanted = f"is_service AND code BETWEEN {quoted(first)} AND {quoted(last)}"
        query = f"SELECT {RATE_ID} AS id, code, {OBSERVED} FROM {rates} WHERE {wanted} ORDER BY code, kind, id"
        database.execute(f"COPY ({query}) TO {quoted(output / path)} ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})")
    return Run(partitions, sum(rows[path] for path in partitions), files)


def _file_of(run: Run, code: str) -> str:
    """The path of the file that has a code, if any has."""
    return next((path for first, last, path in run.files if first <= code <= last), run.files[0][2])
