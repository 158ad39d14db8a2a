"""Measure everything in one run: python bench/bench.py [--lines 1000000] [--cms DIR | --store DIR] [--without PART ...]

One table: the store (built from the publishers' files, unless a built one is given), the floor and the kernel on a
generated book, the commands from file to file, one claim, the start of the command line, Spark, and recall and
precision of the errors planted. Baselines stand beside what they are baselines of, measured in the same run.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

import trocar
from books import kernel_rows, one_claim_rows
from measure import REPOSITORY, Measured, best, command, generate, machine, rate, row

PARTS = ("kernel", "files", "claim", "start", "spark", "recall")
# 0 clear, 1 findings, 3 something was not checked.
ANSWERED = (0, 1, 3)
SPARK_LINES, RECALL_LINES = 200_000, 100_000


def hash_everything(folder: Path) -> None:
    """The floor of any build: read every byte once."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            hashlib.sha256(path.read_bytes()).hexdigest()


def build_rows(cms: Path, store: Path) -> None:
    """Full build in a fresh process: time, peak memory, size."""
    built = command(["data", "build", str(cms), "-o", str(store), "--accept-ama-license"])
    read = best(lambda: hash_everything(cms))
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / 2**20
    row("build of the full store", f"{built.wall:.1f} s", f"hashing the same files: {read.wall:.2f} s")
    row("  largest process, size on disk", f"{built.peak:,.0f} MiB, {size:,.0f} MiB")


def open_rows(store: Path) -> None:
    """Opening, which maps the compiled pack."""
    times = [best(partial(trocar.open_store, one), 5).wall * 1e3 for one in (store, None)]
    row("opening the full store, the starter pack", f"{times[0]:.1f}, {times[1]:.1f} ms")


def file_rows(book: Path, lines: int, store: Path, limit: Measured | None) -> None:
    """The commands from file to file, with all their processes, and what sums their answers up."""
    folder = book.parent
    findings, prices = folder / "findings.parquet", folder / "prices.parquet"
    for name, arguments, out in (
        ("trocar check", ["check", str(book)], findings),
        ("trocar price", ["price", "--file", str(book)], prices),
    ):
        ask = [*arguments, "-o", str(out), "--store", str(store)]
        used = best(partial(command, ask, out, allowed=ANSWERED))
        row(
            f"{name}, file to file, all processes",
            f"{used.wall:.2f} s",
            f"{rate(lines, used.wall)}, CPU {used.cpu:.2f} s",
        )
        row(
            "  largest process, rows written",
            f"{used.peak:,.0f} MiB, {pq.read_metadata(out).num_rows:,}",
            used.disturbed,
        )
        if limit is not None and out == findings:
            row("  against the floor", f"{used.wall / limit.wall:.0f} x", "goal: 60 x")
    summed = best(lambda: command(["summary", str(findings)]))
    row("trocar summary of the findings", f"{summed.wall:.2f} s", f"CPU {summed.cpu:.2f} s")


def start_row() -> None:
    """From the shell to the first answer on the starter pack, byte code cached."""
    ask = ["price", "77002-26", "--on", "2025-11-03", "--national", "--pos", "22"]
    used = best(lambda: command(ask), 7)
    row("start of the command line to its first answer", f"{used.wall:.2f} s", f"CPU {used.cpu:.2f} s; goal: 0.6 s")


def script(name: str, *arguments: str) -> None:
    """Another measurement, which prints rows of its own."""
    subprocess.run([sys.executable, str(REPOSITORY / "bench" / name), *arguments], check=False)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--cms", type=Path, default=REPOSITORY.parent / "shared" / "cms", help="the publishers' files")
    parser.add_argument("--store", type=Path, help="a full store that is built already")
    parser.add_argument("--without", nargs="+", choices=PARTS, default=[], help="parts to leave out")
    told = parser.parse_args()
    parts = [part for part in PARTS if part not in told.without]
    print(machine())
    with tempfile.TemporaryDirectory(prefix="trocar-bench-") as name:
        folder = Path(name)
        store = told.store or folder / "store"
        if told.store is None:
            if not told.cms.is_dir():
                sys.exit(f"bench: no publishers' files at {told.cms}; give --cms DIR, or --store DIR")
            build_rows(told.cms, store)
        open_rows(store)
        measure(parts, folder, told.lines, store)


def measure(parts: list[str], folder: Path, lines: int, store: Path) -> None:
    """The parts asked for, on one book."""
    limit = None
    if {"kernel", "files", "claim"} & set(parts):
        book = generate(lines, folder / "book.parquet", "--store", str(store))
        print(f"a generated book of {lines:,} lines in claim order; the best of three runs each")
    if "kernel" in parts:
        limit = kernel_rows(book, lines, store)
    if "files" in parts:
        file_rows(book, lines, store, limit)
    if "claim" in parts:
        one_claim_rows(book, store)
    if "start" in parts:
        start_row()
    if "spark" in parts:
        script("spark_bench.py", "--lines", str(min(lines, SPARK_LINES)), "--store", str(store))
    if "recall" in parts:
        script("recall.py", "--lines", str(min(lines, RECALL_LINES)), "--store", str(store))


if __name__ == "__main__":
    main()
