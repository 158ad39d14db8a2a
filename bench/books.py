"""Measures of a book in claim order: its floor, the kernel on one process and two, a plain checker, one claim."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

import trocar
from measure import REPOSITORY, Measured, best, rate, row
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.price import price
from trocar.rules.evaluate import evaluate
from trocar.rules.registry import all_rules

CORE_RULES = frozenset({"NC001", "NC002", "UN001", "UN002", "UN003"})
CHUNK = 65_536
PLAIN_CLAIMS = 300
CALLS = 1_000


def floor(book: Path, store: Path) -> Measured:
    """Read the columns and one hash join: no plan over the same files can be quicker."""
    query = f"""
        select count(*), sum(p.modifier_indicator) from read_parquet('{book}') b
        left join read_parquet('{store / "ncci_ptp.parquet"}') p
          on p.column_1 = b.hcpcs and p.column_2 = b.modifier_1
        where b.units > 0 and b.claim_id is not null
    """
    return best(lambda: duckdb.sql(query).fetchall())


def kernel(book: Path, pack: Pack, *, core_only: bool, groups: list[int] | None = None) -> int:
    """Price and judge chunk by chunk, nothing worded; gives the lines. A claim at the edge of a chunk is cut in two."""
    rules = [rule for rule in all_rules() if not core_only or rule.id in CORE_RULES]
    lines = 0
    with pq.ParquetFile(book) as file:
        for part in file.iter_batches(CHUNK, row_groups=groups, use_threads=False):
            batch = Batch(pa.Table.from_batches([part]), pack)
            price(batch.line)
            evaluate(batch, rules)
            lines += part.num_rows
    return lines


_pack: Pack | None = None


def _open(store: Path | None) -> None:
    global _pack
    pa.set_cpu_count(1)
    _pack = trocar.open_store(store)


def _share(book: Path, groups: list[int]) -> tuple[int, float]:
    """The lines of some row groups, and the seconds of the processor they took."""
    if _pack is None:
        raise RuntimeError("the process has no pack")
    start = process_time()
    return kernel(book, _pack, core_only=False, groups=groups), process_time() - start


def on_processes(book: Path, store: Path | None, processes: int) -> Measured:
    """The whole rule set and pricing; starting the processes and opening the pack is not counted."""
    groups = list(range(pq.read_metadata(book).num_row_groups))
    shares = [groups[number :: 2 * processes] for number in range(2 * processes)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_open, initargs=(store,)) as pool:

        def run() -> Measured:
            start = perf_counter()
            answers = list(pool.map(_share, [book] * len(shares), shares))
            return Measured(perf_counter() - start, sum(seconds for _, seconds in answers))

        run()  # starts the processes and warms their pack
        return best(run)


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

    return sum(len(lines) for lines in chosen) / best(run, 1).wall


def claim_line(values: dict[str, Any]) -> trocar.ClaimLine:
    """A row of the claim table as a claim line."""
    cents = {name: values.pop(f"{name}_cents") for name in ("charge", "deductible_remaining")}
    money = {name: None if value is None else Decimal(value) / 100 for name, value in cents.items()}
    modifiers = tuple(text for n in range(1, 5) if (text := values.pop(f"modifier_{n}")))
    diagnoses = tuple(values.pop("diagnoses") or ())
    return trocar.ClaimLine(**values, **money, modifiers=modifiers, diagnoses=diagnoses)


def kernel_rows(book: Path, lines: int, store: Path) -> Measured:
    """The rows of the table about the kernel; gives the floor."""
    limit = floor(book, store)
    row("floor: DuckDB reads the columns, one hash join", f"{limit.wall:.2f} s", f"CPU {limit.cpu:.2f} s")
    pack = trocar.open_store(store)
    before = pa.cpu_count()
    pa.set_cpu_count(1)
    core = best(lambda: kernel(book, pack, core_only=True))
    whole = best(lambda: kernel(book, pack, core_only=False))
    pa.set_cpu_count(before)
    row(
        "core plan (price, PTP, MUE), one process",
        f"{core.wall:.2f} s",
        f"{rate(lines, core.wall)}, CPU {core.cpu:.2f} s",
    )
    ratio = f"{whole.cpu / core.cpu:.2f} x the core plan by CPU (goal: 3 x)"
    row("all rules and pricing, one process", f"{whole.wall:.2f} s", f"{rate(lines, whole.wall)}, {ratio}")
    both = on_processes(book, store, 2)
    row("all rules and pricing, two processes", f"{both.wall:.2f} s", f"{rate(lines, both.wall)}, CPU {both.cpu:.2f} s")
    plain = plain_checker(book, store)
    times = f"the kernel on one process: {lines / whole.wall / plain:,.0f} x"
    row("plain checker, row by row, one process", f"{plain:,.0f} lines/s", times)
    return limit


def five_lines(table: pa.Table) -> pa.Table:
    """The first five lines as lines 1 to 5 of one claim of one patient on one day."""
    five = table.slice(0, 5)
    for name in ("claim_id", "patient_id", "service_date"):
        at = five.schema.get_field_index(name)
        five = five.set_column(at, five.schema.field(at), pa.repeat(five[name][0], 5))
    at = five.schema.get_field_index("line")
    return five.set_column(at, five.schema.field(at), pa.array(range(1, 6), pa.int32()))


def one_claim_rows(book: Path, store: Path | None) -> None:
    """The rows about one claim of five lines, warm, in process; and claims in micro-batches."""
    pack = trocar.open_store(store)
    table = pa.Table.from_batches([next(pq.ParquetFile(book).iter_batches(2_000))])
    five = five_lines(table)

    def answer(claims: pa.Table) -> None:
        result = trocar.check(claims, pack)
        if result.findings is None or not result.priced:
            raise RuntimeError("a claim without an answer")

    for _ in range(50):
        answer(five)
    measured = list(_each(five, answer))
    for name, times in (("wall", [m.wall for m in measured]), ("CPU", [m.cpu for m in measured])):
        middle, last = (sorted(times)[len(times) * share // 100] * 1e3 for share in (50, 99))
        row(f"one claim of 5 lines, {name}: median, 99th percentile", f"{middle:.2f}, {last:.2f} ms", "goal: 5 ms")
    claims = len(set(table["claim_id"].to_pylist()))
    seconds = best(lambda: answer(table)).cpu
    row("micro-batches of 2,000 lines with every answer", f"{claims / seconds:,.0f} claims/s", "goal: 2,000, one core")


def _each(claims: pa.Table, answer: Any) -> Iterator[Measured]:
    for _ in range(CALLS):
        yield best(lambda: answer(claims), 1)
