"""What questions need of a set's rates, in files by ranges of codes: a question opens one of them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from trocar.benchmarks.cleaning.observe import OBSERVED
from trocar.benchmarks.compaction.manifest import Manifest
from trocar.benchmarks.compaction.partitions import relation
from trocar.benchmarks.compaction.stage import PARQUET
from trocar.benchmarks.folder import quoted

# Codes are put together up to so many rates; a code is never split.
RATES_IN_FILE = 2_000_000
# Small, so that little is read beside the code; of one file the more of them cost nothing (bench/rates_layout.py).
ROW_GROUP = 20_480
# The number of a rate: its partition, by its place in the manifest, and its row there.
RATE_ID = "(file_index::BIGINT << 40) | file_row_number"


def write_by_code(
    database: duckdb.DuckDBPyConnection, output: Path, manifest: Manifest, generation: int
) -> list[list[str]]:
    """Write the files; gives for each its first code, its last, its path. Rates of no service are left out."""
    rates = relation([output / path for path in manifest.partitions])
    query = f"SELECT code, count(*) FROM {rates} WHERE is_service GROUP BY code ORDER BY code"
    answer: list[list[str]] = []
    held = 0
    for code, count in database.execute(query).fetchall():
        if not answer or held + count > RATES_IN_FILE:
            path = f"by-code/{generation:06d}-{len(answer):05d}.parquet"
            answer.append([code, code, path])
            held = 0
        answer[-1][1] = code
        held += count
    for first, last, path in answer or [["", "", f"by-code/{generation:06d}-00000.parquet"]]:
        (output / path).parent.mkdir(exist_ok=True)
        wanted = f"is_service AND code BETWEEN {quoted(first)} AND {quoted(last)}"
        query = f"SELECT {RATE_ID} AS id, code, {OBSERVED} FROM {rates} WHERE {wanted} ORDER BY code, kind, id"
        database.execute(f"COPY ({query}) TO {quoted(output / path)} ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})")
    return answer or [["", "", path]]


def file_of(manifest: Manifest, code: str) -> str:
    """The path of the file that has a code, if any has."""
    for first, last, path in manifest.by_code:
        if first <= code <= last:
            return path
    return manifest.by_code[0][2]
