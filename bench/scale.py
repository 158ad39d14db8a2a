"""Measure books of claims against baselines of the same run. Usage: python bench/scale.py [--lines N] [--store DIR]

Baselines: the *floor* (DuckDB reads four columns of the book and joins them once to the PTP table), the *core plan*
(price and the PTP and MUE rules alone, by the same kernel) and a *plain checker* (the row-by-row oracle of the
tests). Every figure is the best of three runs, since other work on the machine only ever adds time.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

import duckdb
import pyarrow.parquet as pq

import trocar
from trocar.engine.batch import Batch
from trocar.pricing.price import price
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules

REPOSITORY = Path(__file__).resolve().parent.parent
CORE_RULES = frozenset({"NC001", "NC002", "UN001", "UN002", "UN003"})
CHUNK = 500_000
PLAIN_CLAIMS = 300


def best(action: Callable[[], object], runs: int = 3) -> float:
    """Shortest wall time of an action."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return min(times)


def row(name: str, value: str, ratio: str = "") -> None:
    """One line of the table."""
    print(f"{name:<58} {value:>20}   {ratio}", flush=True)


def floor(book: Path, store: Path) -> float:
    """Read the columns and one hash join: no plan over the same files can be quicker."""
    table = store / "ncci_ptp.parquet"
    query = f"""
        select count(*), sum(p.modifier_indicator) from read_parquet('{book}') b
        left join read_parquet('{table}') p
          on p.column_1 = b.hcpcs and p.column_2 = b.modifier_1
        where b.units > 0 and b.claim_id is not null
    """
    return best(lambda: duckdb.sql(query).fetchall())


def kernel(book: Path, store: Path | None, core_only: bool) -> float:
    """One process: price and rules over chunks of whole claims (the book is in claim order)."""
    pack = trocar.open_store(store)
    rules = [rule for rule in all_rules() if not core_only or rule.id in CORE_RULES]

    def run() -> None:
        for part in pq.ParquetFile(book).iter_batches(CHUNK):
            table = trocar_table(part)
            batch = Batch(table, pack)
            price(batch.line)
            evaluate(batch, rules)

    return best(run)


def trocar_table(part: object) -> object:
    """A record batch as a table of its own."""
    import pyarrow as pa

    return pa.Table.from_batches([part])


def plain_checker(book: Path, store: Path) -> float:
    """Lines a second of the tests' oracle: plain Python, one claim at a time."""
    sys.path.insert(0, str(REPOSITORY / "tests"))
    from oracle.edits import edit_outcomes
    from oracle.pricing import price_claim
    from oracle.store_reader import Reference
    from strategies import codes_of_store

    reference = Reference(store, codes_of_store(store).all)
    claims: dict[str, list[trocar.ClaimLine]] = {}
    for values in next(pq.ParquetFile(book).iter_batches(PLAIN_CLAIMS * 4)).to_pylist():
        claims.setdefault(values["claim_id"], []).append(claim_line(values))
    chosen = list(claims.values())[:PLAIN_CLAIMS]

    def run() -> None:
        for lines in chosen:
            price_claim(lines, reference)
            edit_outcomes(lines, reference)

    return sum(len(lines) for lines in chosen) / best(run, 1)


def claim_line(values: dict[str, object]) -> trocar.ClaimLine:
    """A row of the claim table as a claim line."""
    from decimal import Decimal

    cents = {name: values.pop(f"{name}_cents") for name in ("charge", "deductible_remaining")}
    money = {name: None if value is None else Decimal(value) / 100 for name, value in cents.items()}  # type: ignore[arg-type]
    modifiers = tuple(text for n in range(1, 5) if (text := values.pop(f"modifier_{n}")))
    diagnoses = tuple(values.pop("diagnoses") or ())  # type: ignore[arg-type]
    return trocar.ClaimLine(**values, **money, modifiers=modifiers, diagnoses=diagnoses)  # type: ignore[arg-type]


def one_claim(book: Path, store: Path | None) -> None:
    """A claim of five lines, warm, in process; and claims in micro-batches."""
    pack = trocar.open_store(store)
    table = next(pq.ParquetFile(book).iter_batches(2_000))
    five, many = trocar_table(table.slice(0, 5)), trocar_table(table)

    def answer(claims: object) -> None:
        result = trocar.check(claims, pack)
        assert result.findings is not None
        assert result.priced

    for _ in range(20):
        answer(five)
    times = sorted(best(lambda: answer(five), 1) for _ in range(1_000))
    row("one claim of 5 lines: median, 99th percentile", f"{times[500] * 1e3:.1f}, {times[990] * 1e3:.1f} ms")
    claims = len(set(table["claim_id"].to_pylist()))
    row("micro-batches of 2,000 lines with every answer", f"{claims / best(lambda: answer(many)):,.0f} claims/s")


def command_line(book: Path, store: Path, folder: Path) -> float:
    """The whole command, file to file, with its processes."""
    out = folder / "findings.parquet"
    command = [sys.executable, "-m", "trocar", "check", str(book), "-o", str(out), "--store", str(store)]
    seconds = best(lambda: subprocess.run(command, check=False, capture_output=True), 1)
    row("  findings and not-checked rows written", f"{pq.ParquetFile(out).metadata.num_rows:,}")
    row("  largest process", f"{getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MiB")
    return seconds


def start_up() -> float:
    """From the shell to the first answer on the starter pack."""
    command = [sys.executable, "-m", "trocar", "price", "77002-26", "--on", "2025-11-03", "--national", "--pos", "22"]
    return best(lambda: subprocess.run(command, check=True, capture_output=True), 5)


def main() -> None:
    """Generate a book, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, required=True, help="a full store: trocar data build DIR -o STORE")
    chosen = parser.parse_args()
    today = date.today()  # noqa: DTZ011, TID251 - a measurement is dated
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, {today}")
    with tempfile.TemporaryDirectory(prefix="trocar-scale-") as name:
        folder, lines = Path(name), chosen.lines
        book = folder / "book.parquet"
        generate = [sys.executable, str(REPOSITORY / "examples" / "generate_claims.py"), "--lines", str(lines)]
        subprocess.run([*generate, "--seed", "1", "-o", str(book)], check=True, capture_output=True)
        limit = floor(book, chosen.store)
        row(f"floor: read the columns, one join ({lines:,} lines)", f"{limit:.2f} s")
        core = kernel(book, chosen.store, core_only=True)
        row("core plan, one process", f"{core:.2f} s", f"{lines / core:,.0f} lines/s")
        whole = kernel(book, chosen.store, core_only=False)
        row("all rules and pricing, one process", f"{whole:.2f} s", f"{lines / whole:,.0f} lines/s")
        row("  against the core plan", f"{whole / core:.2f} x", "goal: at most 3 x")
        plain = plain_checker(book, chosen.store)
        row("plain checker, one process", f"{plain:,.0f} lines/s", f"kernel: {lines / whole / plain:,.0f} x")
        seconds = command_line(book, chosen.store, folder)
        row("trocar check, file to file, all processes", f"{seconds:.1f} s", f"{lines / seconds:,.0f} lines/s")
        row("  against the floor", f"{seconds / limit:.0f} x", "goal: at most 60 x")
        one_claim(book, chosen.store)
        row("start of the command line to its first answer", f"{start_up():.2f} s", "goal: at most 0.6 s")


if __name__ == "__main__":
    main()
