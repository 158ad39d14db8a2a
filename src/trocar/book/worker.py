"""What one process does with one task: read its lines, check or price them slice by slice, write one part."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from trocar.book.files import written_whole
from trocar.book.job import Kind, PackSource
from trocar.book.partition import chunk_files, read_buckets
from trocar.book.prices import PRICES_SCHEMA, priced_part, problem_prices
from trocar.book.problems import problem_row
from trocar.book.repeated import split_repeated
from trocar.book.tally import merged
from trocar.claims.rows import RowProblem
from trocar.claims.table import CLAIM_SCHEMA
from trocar.engine.pack import Pack
from trocar.scrub.check import check
from trocar.scrub.findings_table import FINDINGS_SCHEMA, result_table, rows_table

# A slice is what the kernel sees at once. Patients stay whole; small slices keep the answers' memory small.
SLICE_LINES = 32_768
TALLY = b"trocar.tally"
SCHEMAS = {"check": FINDINGS_SCHEMA, "price": PRICES_SCHEMA}


@dataclass(frozen=True)
class Task:
    """Some buckets of a book; the part they become."""

    number: int
    first_bucket: int
    after_bucket: int
    lines: int

    def part(self, folder: Path) -> Path:
        """The file of the finished part."""
        return folder / f"part-{self.number:05d}.parquet"


@dataclass(frozen=True)
class Worker:
    """A process at work on one book; it opens the pack once."""

    kind: Kind
    folder: Path
    chunks: int
    pack: Pack

    def run(self, task: Task) -> None:
        """Write the part of a task: its rows, and its tally in the file's own metadata."""
        buckets = range(task.first_bucket, task.after_bucket)
        lines = read_buckets(chunk_files(self.folder, self.chunks), buckets).sort_by("row").combine_chunks()
        kept, repeated = split_repeated(lines)
        del lines
        write_part(task.part(self.folder), self.kind, self._answers(kept), repeated, self.pack)

    def _answers(self, lines: pa.Table) -> Iterator[tuple[pa.Table, dict[str, Any]]]:
        for piece in slices(lines, SLICE_LINES):
            claims = piece.select(CLAIM_SCHEMA.names).cast(CLAIM_SCHEMA)
            if self.kind == "price":
                yield priced_part(claims, piece["row"], self.pack)
            else:
                result = check(claims, self.pack)
                yield result_table(result), result.summary


def write_part(
    path: Path,
    kind: Kind,
    answers: Iterator[tuple[pa.Table, dict[str, Any]]],
    problems: list[RowProblem],
    pack: Pack,
) -> None:
    """Rows as they come, then the rows that can't be read, then the tally."""
    tallies = []
    with written_whole(path) as building, pq.ParquetWriter(building, SCHEMAS[kind], compression="zstd") as writer:
        for table, tally in answers:
            writer.write_table(table)
            tallies.append(tally)
        if problems:
            writer.write_table(unread_table(kind, problems))
        total = (merged(tallies, pack) if kind == "check" else price_tally(tallies)) | {"unread": len(problems)}
        writer.add_key_value_metadata({TALLY: json.dumps(total).encode()})


def unread_table(kind: Kind, problems: list[RowProblem]) -> pa.Table:
    """Rows that can't be read, in the table of the answers."""
    return rows_table(map(problem_row, problems)) if kind == "check" else problem_prices(problems)


def write_rows(path: Path, table: pa.Table) -> None:
    """A table of answers alone in a file."""
    with written_whole(path) as building:
        pq.write_table(table, building, compression="zstd")


def rows_of(part: Path) -> int:
    """How many rows a file of answers holds."""
    return int(pq.read_metadata(part).num_rows)


def price_tally(tallies: list[dict[str, Any]]) -> dict[str, Any]:
    """Lines by answer of pricing, added up."""
    names = dict.fromkeys(name for tally in tallies for name in tally["price_status"])
    statuses = {name: sum(tally["price_status"].get(name, 0) for tally in tallies) for name in names}
    return {"lines": sum(tally["lines"] for tally in tallies), "price_status": statuses}


def tally_of(part: Path) -> dict[str, Any]:
    """The tally that a finished part carries."""
    answer: dict[str, Any] = json.loads(pq.read_metadata(part).metadata[TALLY])
    return answer


def slices(lines: pa.Table, most: int) -> Iterator[pa.Table]:
    """Runs of about ``most`` lines with every key whole, each in input order."""
    if lines.num_rows <= most:
        yield lines
        return
    keys = lines["key"].to_numpy()
    by_key = np.argsort(keys, kind="stable")
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys[by_key])) + 1, [len(keys)]])
    first = 0
    while first < len(keys):
        # The last key boundary within reach, or the first beyond it where one key is longer than a slice.
        at = int(np.searchsorted(starts, first + most, "right")) - 1
        end = int(starts[at]) if starts[at] > first else int(starts[at + 1])
        yield lines.take(pa.array(np.sort(by_key[first:end]))).combine_chunks()
        first = end


_worker: Worker | None = None


def start(kind: Kind, folder: Path, chunks: int, source: PackSource) -> None:
    """Called once in each process."""
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pa.set_cpu_count(1)
    _worker = Worker(kind, folder, chunks, source.open())


def _end_with_parent() -> None:
    """A process whose run was killed would wait for its next task for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(task: Task) -> Task:
    """Called for each task; gives it back when its part is written."""
    if _worker is None:
        raise RuntimeError("the process was not started for a book")
    _worker.run(task)
    return task
