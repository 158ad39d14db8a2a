"""Measure how the commands grow: python bench/scale.py --store DIR [--lines 1000000 10000000 50000000] [--csv N]

For each size a book in claim order is generated, checked and priced from Parquet to Parquet, and removed. The exponent
between two sizes is log(time ratio) / log(size ratio): 1 is linear. It is given by processor time, which other work on
the machine disturbs least, and by the clock. ``--csv`` adds a CSV whose lines stand in random order.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import pairwise
from math import log
from pathlib import Path

import pyarrow.parquet as pq

from measure import Measured, best, command, generate, machine, rate, row

# 0 clear, 1 findings, 3 something was not checked.
ANSWERED = (0, 1, 3)


def measured(name: str, arguments: list[str], out: Path, lines: int, runs: int) -> Measured:
    """One command over one book, as two rows of the table. Raises ``RuntimeError`` when it answers too few lines."""
    used = best(lambda: command([*arguments, "-o", str(out)], out, allowed=ANSWERED), runs)
    rows = pq.read_metadata(out).num_rows
    if arguments[0] == "price" and rows != lines:
        raise RuntimeError(f"{rows:,} prices of {lines:,} lines")
    row(name, f"{used.wall:.1f} s", f"{rate(lines, used.wall)}, CPU {used.cpu:.1f} s")
    row("  largest process", f"{used.peak:,.0f} MiB", used.disturbed)
    return used


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """How time grows with size between two measurements (lines, seconds)."""
    return log(large[1] / small[1]) / log(large[0] / small[0])


def growth(command_name: str, sizes: list[int], used: list[Measured]) -> None:
    """A row for each step from one size to the next."""
    for (small, before), (large, after) in pairwise(zip(sizes, used, strict=True)):
        cpu = exponent((small, before.cpu), (large, after.cpu))
        wall = exponent((small, before.wall), (large, after.wall))
        row(
            f"{command_name}: exponent from {small:,} to {large:,} lines",
            f"CPU {cpu:.3f}",
            f"clock {wall:.3f}; goal: 1.05",
        )


def main() -> None:
    """Generate, measure, remove, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True, help="a full store: trocar data build DIR -o STORE")
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--csv", type=int, help="lines of a CSV in random order")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs")
    told = parser.parse_args()
    print(machine(), f"best of {told.runs}", sep=", ", flush=True)
    checks: list[Measured] = []
    prices: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="trocar-scale-") as name:
        folder = Path(name)
        out, options = folder / "out.parquet", ["--store", str(told.store)]
        for lines in told.lines:
            book = generate(lines, folder / "book.parquet", *options)
            title = f"file to file, {lines:,} lines"
            checks.append(measured(f"check, {title}", ["check", str(book), *options], out, lines, told.runs))
            prices.append(measured(f"price, {title}", ["price", "--file", str(book), *options], out, lines, told.runs))
            book.unlink()
        growth("check", told.lines, checks)
        growth("price", told.lines, prices)
        if told.csv:
            book = generate(told.csv, folder / "book.csv", "--shuffle", *options)
            measured(
                f"check, shuffled CSV, {told.csv:,} lines", ["check", str(book), *options], out, told.csv, told.runs
            )


if __name__ == "__main__":
    main()
