"""Measure the main job: build, open, verify, check. Usage: python bench/bench.py [CMS_FOLDER]

Each figure is the median of several runs in this process or in fresh ones, printed with a baseline of the same
run: hashing the same files for the build, and one pass of plain Python over the same lines for the check.
Without the publishers' files only the starter pack is measured.
"""

from __future__ import annotations

import hashlib
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter

import pyarrow as pa

import trocar

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE = REPOSITORY / "examples" / "claims.csv"
COPIES = 2_000


def median_seconds(action: Callable[[], object], runs: int) -> float:
    """Median wall time of an action."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return statistics.median(times)


def row(name: str, value: str, baseline: str = "") -> None:
    """One line of the table."""
    print(f"{name:<52} {value:>16}   {baseline}")


def hash_everything(folder: Path) -> None:
    """The floor of any build: read every byte once."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            hashlib.sha256(path.read_bytes()).hexdigest()


def measure_build(cms: Path) -> Path:
    """Full build in a fresh process: wall time, peak memory, size."""
    store = Path(tempfile.mkdtemp(prefix="trocar-bench-")) / "store"
    command = [sys.executable, "-m", "trocar", "data", "build", str(cms), "-o", str(store), "--accept-ama-license"]
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = perf_counter() - start
    floor = median_seconds(lambda: hash_everything(cms), 3)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / 2**20
    row("full build, one process", f"{wall:.1f} s", f"{wall / floor:.0f} x hashing the files ({floor:.2f} s)")
    row("full build, peak memory", f"{peak:.0f} MiB")
    row("full store on disk", f"{size:.0f} MiB")
    return store


def many_claims(copies: int) -> pa.Table:
    """The sample claims, copied under new claim and patient ids."""
    table = trocar.read_claims_csv(SAMPLE).table
    parts = []
    for number in range(copies):
        copy = table
        for name in ("claim_id", "patient_id"):
            ids = pa.array([text and f"{text}-{number}" for text in table[name].to_pylist()], pa.string())
            copy = copy.set_column(table.schema.get_field_index(name), table.schema.field(name), ids)
        parts.append(copy)
    return pa.concat_tables(parts).combine_chunks()


def measure_check(name: str, store: Path | None) -> None:
    """One claim and many, price and all rules."""
    open_seconds = median_seconds(lambda: trocar.open_store(store), 5)
    row(f"{name}: open", f"{open_seconds * 1000:.1f} ms")
    pack = trocar.open_store(store)
    sample = trocar.read_claims_csv(SAMPLE).table
    one = sample.slice(0, 2)
    trocar.check(one, pack)
    row(
        f"{name}: price and check one claim of 2 lines",
        f"{median_seconds(lambda: trocar.check(one, pack), 50) * 1000:.1f} ms",
    )
    table = many_claims(COPIES)

    def outcomes() -> object:
        result = trocar.check(table, pack)
        return result.outcomes

    seconds = median_seconds(outcomes, 3)
    plain = median_seconds(table.to_pylist, 3)
    rate = len(table) / seconds
    row(
        f"{name}: price and check {len(table):,} lines", f"{rate:,.0f} lines/s", f"{seconds / plain:.1f} x listing them"
    )


def main() -> None:
    """Print the table."""
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {date.today()}")  # noqa: DTZ011, TID251 - a measurement is dated
    measure_check("starter pack", None)
    cms = Path(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY.parent / "shared" / "cms")
    if not cms.is_dir():
        print(f"no publishers' files at {cms}: the full store is not measured")
        return
    store = measure_build(cms)
    measure_check("full store", store)
    shutil.rmtree(store.parent)


if __name__ == "__main__":
    main()
