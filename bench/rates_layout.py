"""How published rates should lie in Parquet: the same rows in several layouts, one question asked of each.

    python bench/rates_layout.py [--rows 50000000] [--folder /tmp/layout]

The question: percentiles of one code by payer, state, class and modifier, one vote per TIN left aside. Rows are
invented (600 codes, 40 payers, 50 states); files are removed afterwards. Prints CPU and clock seconds, best of five.
"""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path

import duckdb

ROWS = """
SELECT 'payer ' || (hash(i * 7) % 40) AS payer, 'S' || lpad((hash(i * 11) % 50)::VARCHAR, 2, '0') AS state,
    lpad((10000 + floor(600 * pow((hash(i * 13) % 1000000) / 1e6, 1.5)))::INT::VARCHAR, 5, '0') AS code,
    CASE hash(i * 17) % 10 WHEN 0 THEN '26' WHEN 1 THEN 'TC' ELSE '' END AS modifier,
    CASE hash(i * 19) % 6 WHEN 0 THEN 'institutional' ELSE 'professional' END AS billing_class,
    (20 + (hash(i * 23) % 40000) / 100.0)::DECIMAL(18, 4) AS rate,
    [(hash(i * 29) % 20000)::VARCHAR, (hash(i * 31) % 20000)::VARCHAR] AS provider_group_ids, i AS "offset"
FROM range(ROWS_ASKED) AS rows(i)
"""
QUESTION = """
SELECT payer, state, billing_class, modifier, count(*), quantile_disc(rate, [0.1, 0.25, 0.5, 0.75, 0.9])
FROM read_parquet('%s') WHERE code = '10300' GROUP BY ALL
"""
LAYOUTS = {
    "as it comes": ("", 122_880),
    "by code": ("ORDER BY code", 122_880),
    "by code, payer, state": ("ORDER BY code, payer, state", 122_880),
    "by code, payer, state; small groups": ("ORDER BY code, payer, state", 20_480),
    "by code, payer, state; large groups": ("ORDER BY code, payer, state", 1_000_000),
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
        for name, (order, size) in LAYOUTS.items():
            if told.only not in name:
                continue
            path = told.folder / "rates.parquet"
            target = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {size})"
            rows = ROWS.replace("ROWS_ASKED", str(told.rows))
            began = time.process_time()
            database.execute(f"COPY ({rows} {order}) TO '{path}' {target}")
            wrote = time.process_time() - began
            timings = [timed(database, QUESTION % path) for _ in range(5)]
            cpu, clock = (min(values) for values in zip(*timings, strict=True))
            megabytes = path.stat().st_size / 1e6
            print(f"{name}: {megabytes:.0f} MB, written in {wrote:.0f} CPU s; asked {cpu:.3f} CPU s, {clock:.3f} s")
            path.unlink()
    finally:
        shutil.rmtree(told.folder)


def timed(database: duckdb.DuckDBPyConnection, question: str) -> tuple[float, float]:
    """CPU and clock seconds of a question."""
    cpu, clock = time.process_time(), time.perf_counter()
    database.execute(question).fetchall()
    return time.process_time() - cpu, time.perf_counter() - clock


if __name__ == "__main__":
    main()
