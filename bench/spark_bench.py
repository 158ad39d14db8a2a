"""Measure the check on Spark. Usage: python bench/spark_bench.py [--lines 1000000] [--store DIR]

One run measures, on the same book of examples/generate_claims.py with its lines in random order: the kernel in one
process without Spark (the baseline), Spark in one JVM (``local[2]``), and a standalone cluster on loopback with two
workers of one core each. All three read the same Parquet file, keep patients whole and write one file of findings.
Rates are lines per second from the opened session to the written file; starting a session is given apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from spark.loopback_cluster import cluster, environment, missing, settings  # noqa: E402
from trocar import open_store  # noqa: E402
from trocar.book.dictionaries import encoded  # noqa: E402
from trocar.book.merge import merge  # noqa: E402
from trocar.scrub.check import check  # noqa: E402
from trocar.scrub.findings_table import FINDINGS_SCHEMA, encoded_table  # noqa: E402
from trocar.spark.partition import LINES_PER_PARTITION  # noqa: E402
from trocar.spark.run import SparkOptions, run_cli, session  # noqa: E402


def in_process(book: Path, store: Path | None, output: Path) -> dict[str, float]:
    """The same partitions one after the other in this process, written as the driver writes them."""
    pack = open_store(store)
    start = perf_counter()
    lines = pq.read_table(book).sort_by("patient_id").combine_chunks()
    patients = lines["patient_id"].combine_chunks().dictionary_encode().indices.to_pylist()

    def found() -> Iterator[pa.RecordBatch]:
        first = 0
        while first < len(patients):
            end = min(first + LINES_PER_PARTITION, len(patients))
            while end < len(patients) and patients[end] == patients[end - 1]:
                end += 1
            yield encoded(encoded_table(check(lines.slice(first, end - first), pack)))
            first = end

    merge(found(), output, FINDINGS_SCHEMA, dict)
    return {"seconds": perf_counter() - start, "rows": pq.read_metadata(output).num_rows}


def on_spark(master: str, book: Path, store: Path | None, output: Path, folder: Path) -> dict[str, float]:
    """One run of the command's own function; the session is started before the clock, as run_cli will find it."""
    told = settings(folder, executor_memory="1g")
    del told["spark.executor.extraJavaOptions"], told["spark.sql.codegen.wholeStage"]
    begun = perf_counter()
    session(master, told)
    start = perf_counter()
    run_cli([str(book)], str(output), store, master, SparkOptions())
    return {"seconds": perf_counter() - start, "start": start - begun, "rows": pq.read_metadata(output).num_rows}


def in_a_fresh_process(master: str, book: Path, store: Path | None, folder: Path) -> dict[str, float]:
    """A driver of its own for each measurement, so that none finds a warm JVM."""
    command = [sys.executable, __file__, "--on", master, "--book", str(book), "--folder", str(folder)]
    command += ["--store", str(store)] if store else []
    own = environment() | {"PYSPARK_SUBMIT_ARGS": "--driver-memory 1g pyspark-shell"}
    done = subprocess.run(command, env=own, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def row(name: str, lines: int, cores: int, measured: dict[str, float]) -> None:
    """One line of the table."""
    rate = lines / measured["seconds"]
    hours = 100e6 / rate * cores / 3600
    begun = f"{measured['start']:.1f} s" if "start" in measured else "-"
    load = os.getloadavg()[0]
    print(
        f"{name:<42} {measured['seconds']:>8.1f} s {rate:>9,.0f} lines/s {begun:>8} {hours:>7.2f} core-hours "
        f"{measured['rows']:>10,.0f} rows   load {load:.1f}",
        flush=True,
    )


def table(lines: int, store: Path | None) -> None:
    """Print the table."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {date.today()}")  # noqa: DTZ011, TID251 - a measurement is dated
    print(f"{lines:,} lines; columns: work, rate, start of a session, for 100 M lines, rows found, load of the machine")
    with tempfile.TemporaryDirectory(prefix="trocar-spark-bench-") as name:
        folder = Path(name)
        book = folder / "book.parquet"
        command = [sys.executable, str(REPOSITORY / "examples" / "generate_claims.py"), "--shuffle", "--seed", "7"]
        command += ["--lines", str(lines), "-o", str(book)] + (["--store", str(store)] if store else [])
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        row("one process, no Spark (1 core)", lines, 1, in_process(book, store, folder / "baseline.parquet"))
        row("Spark local[2] (2 cores)", lines, 2, in_a_fresh_process("local[2]", book, store, folder))
        with cluster(folder, cores=1, memory="2g") as running:
            measured = in_a_fresh_process(running.master, book, store, folder)
        row("Spark standalone, 2 workers x 1 core", lines, 2, measured)


def main() -> None:
    """Measure, or be the driver of one measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="a built store; default: the starter pack")
    for name in ("--on", "--book", "--folder"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.on:
        folder = Path(told.folder)
        output = folder / f"findings-{perf_counter()}.parquet"
        print(json.dumps(on_spark(told.on, Path(told.book), told.store, output, folder)))
        return
    if missing():
        sys.exit(f"spark_bench: {missing()}")
    pa.set_cpu_count(1)
    table(told.lines, told.store)


if __name__ == "__main__":
    main()
