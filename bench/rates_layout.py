"""How published rates should lie in Parquet: the same rows in several layouts, two questions asked of each.

    python bench/rates_layout.py [--rows 50000000] [--folder /tmp/layout] [--only WORDS]

The questions: percentiles of one code by payer, state, class and modifier, one vote per TIN left aside; the same for a
code that nobody publishes, between two that are. Rows are invented (600 codes, 40 payers, 50 states); files are removed
afterwards. Prints CPU and clock seconds, best of five.
"""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path

import duckdb

ROWS = """
SELECT 'payer ' || (hash(i * 7) % 40) AS payer, 'S' || lpad((hash(i * 11) % 50)::VARCHAR, 2, '0') AS state,
    lpad((10000 + 2 * floor(600 * pow((hash(i * 13) % 1000000) / 1e6, 1.5)))::INT::VARCHAR, 5, '0') AS code,
    CASE hash(i * 17) % 10 WHEN 0 THEN '26' WHEN 1 THEN 'TC' ELSE '' END AS modifier,
    CASE hash(i * 19) % 6 WHEN 0 THEN 'institutional' ELSE 'professional' END AS billing_class,
    (20 + (hash(i * 23) % 40000) / 100.0)::DECIMAL(18, 4) AS rate,
    [(hash(i * 29) % 20000)::VARCHAR, (hash(i * 31) % 20000)::VARCHAR] AS provider_group_ids, i AS "offset"
FROM range(ROWS_ASKED) AS rows(i)
"""
QUESTION = """
SELECT payer, state, billing_class, modifier, count(*), quantile_disc(rate, [0.1, 0.25, 0.5, 0.75, 0.9])
FROM read_parquet('%s', hive_partitioning = %s) WHERE code = '%s' GROUP BY ALL
"""
PUBLISHED, ABSENT = "10600", "10601"
# DuckDB writes a bloom filter for each column that has a dictionary, and none without.
NO_BLOOM = ", DICTIONARY_SIZE_LIMIT 1"
# The order, the rows in a row group, more options; a folder for each payer where these say so.
BY_PAYER = ", PARTITION_BY (payer)"
LAYOUTS = {
    "as it comes": ("", 122_880, ""),
    "as it comes; small groups": ("", 20_480, ""),
    "as it comes; small groups; no bloom filter": ("", 20_480, NO_BLOOM),
    "by code": ("ORDER BY code", 122_880, ""),
    "by code; small groups": ("ORDER BY code", 20_480, ""),
    "by code; small groups; no bloom filter": ("ORDER BY code", 20_480, NO_BLOOM),
    "by code, payer, state": ("ORDER BY code, payer, state", 122_880, ""),
    "by code, payer, state; large groups": ("ORDER BY code, payer, state", 1_000_000, ""),
    "a folder for each payer (hive), by code": ("ORDER BY payer, code", 122_880, BY_PAYER),
    "a folder for each payer (hive), by code; small groups": ("ORDER BY payer, code", 20_480, BY_PAYER),
}


def main() -> None:
    """Write, ask, print, remove."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/trocar-layout"))
    parser.add_argument("--only", default="")
    told = parser.parse_args()
    told.folder.mkdir(parents=True)
    try:
        database = duckdb.connect()
        database.execute(f"SET threads = 2; SET memory_limit = '5GB'; SET temp_directory = '{told.folder}/spill'")
        database.execute("SET preserve_insertion_order = false")
        for name, (order, size, more) in LAYOUTS.items():
            if told.only in name:
                measure(database, told.folder / "rates.parquet", name, told.rows, [order, str(size), more])
    finally:
        shutil.rmtree(told.folder)


def measure(database: duckdb.DuckDBPyConnection, path: Path, name: str, rows: int, layout: list[str]) -> None:
    """Write one layout, ask, print, remove."""
    order, size, more = layout
    is_folder = more == BY_PAYER
    query = ROWS.replace("ROWS_ASKED", str(rows))
    began = time.process_time()
    target = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {size}{more})"
    database.execute(f"COPY ({query} {order}) TO '{path}' {target}")
    wrote = time.process_time() - began
    files = list(path.rglob("*.parquet")) if is_folder else [path]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    asked = f"{path}/*/*.parquet" if is_folder else str(path)
    words = []
    for code in (PUBLISHED, ABSENT):
        tries = [timed(database, QUESTION % (asked, is_folder, code)) for _ in range(5)]
        words.append("{:.4f} CPU s, {:.4f} s".format(*(min(values) for values in zip(*tries, strict=True))))
    print(f"{name}: {megabytes:.0f} MB, written in {wrote:.0f} CPU s; asked {words[0]}; absent {words[1]}", flush=True)
    if is_folder:
        shutil.rmtree(path)
    else:
        path.unlink()


def timed(database: duckdb.DuckDBPyConnection, question: str) -> tuple[float, float]:
    """CPU and clock seconds of a question."""
    cpu, clock = time.process_time(), time.perf_counter()
    database.execute(question).fetchall()
    return time.process_time() - cpu, time.perf_counter() - clock


if __name__ == "__main__":
    main()
