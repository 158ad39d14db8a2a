"""Run a job over a book: read and partition, check or price in processes, merge; each step can be taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from trocar.book import manifest
from trocar.book.ingest import BookPart, ingested, readings_of
from trocar.book.job import Job, estimated_rows
from trocar.book.manifest import Ingested, Manifest
from trocar.book.merge import merge
from trocar.book.parts import SCHEMAS, is_finished, price_tally, problems_file, rows_of, tally_of
from trocar.book.pool import Pool
from trocar.book.progress import stage
from trocar.book.tally import merged, pinned
from trocar.book.worker import Task
from trocar.engine.pack import Pack
from trocar.reference.store import CATALOG_NAME
from trocar.rules.registry import all_rules


def run(job: Job, parts: Iterable[BookPart]) -> dict[str, Any]:
    """Do the job and write its output; gives the summary. ``parts`` are those of the book, in order.

    Work found in the work folder is taken up, if it is of the same files, store, version and options. The folder
    is removed when all is done. Raises ``UsageError`` for a folder that can't be used and whatever reading raises.
    """
    pack = job.pack.open()
    asked = manifest.asked_of(
        job.paths,
        job.pack.folder / CATALOG_NAME,
        kind=job.kind,
        pins=dict(job.pack.pins),
        strict=job.strict,
        rules=[rule.id for rule in all_rules()],
        suppressions=[repr(entry) for entry in job.suppressions.entries],
    )
    state, lock = manifest.claimed_folder(job.work, asked)
    with lock:
        with Pool(job, pack) as pool:
            read = state.ingested or _read(job, parts, pool)
            Manifest(asked, read).write(job.work)
            tasks = [Task(number, *task, tuple(read.chunks)) for number, task in enumerate(read.tasks)]

            def summary() -> dict[str, Any]:
                return _summary(job, read, [tally_of(task.part(job.work)) for task in tasks], pack)

            rows = _answers(job, read, tasks, pool)
            merge(rows, job.output, SCHEMAS[job.kind], lambda: {"summary": summary()})
            answer = summary()
        manifest.remove(job.work, lock)
    return answer


def _read(job: Job, parts: Iterable[BookPart], pool: Pool) -> Ingested:
    """Read every part into work files; then see which claims tie patients together, and plan the tasks."""
    estimate = estimated_rows(job.paths)
    buckets = job.buckets(estimate)
    with stage("reading", estimate) as bar:
        read = list(pool.read(readings_of(job, parts, buckets), bar.advance))
    answer = ingested(job, read, buckets)
    # What reading took goes back to the system before the work begins.
    pa.default_memory_pool().release_unused()
    return answer


def _answers(job: Job, read: Ingested, tasks: Sequence[Task], pool: Pool) -> Iterator[pa.RecordBatch]:
    """The rows of all parts in order, each as soon as it is there, then those of the lines that can't be read."""
    missing = [task for task in tasks if not is_finished(task.part(job.work))]
    with stage("checking" if job.kind == "check" else "pricing", read.lines) as bar:
        coming = pool.work(missing)
        for task in tasks:
            if task in missing:
                next(coming)
            yield from rows_of(task.part(job.work))
            bar.advance(task.lines)
    for name, _ in read.chunks:
        problems = problems_file(job.work, name)
        if problems.exists():
            yield from rows_of(problems)


def _summary(job: Job, read: Ingested, tallies: list[dict[str, Any]], pack: Pack) -> dict[str, Any]:
    unread = read.problems + sum(tally["unread"] for tally in tallies)
    counts = merged(tallies, pack) if job.kind == "check" else price_tally(tallies)
    rows = {"rows_read": read.rows_read, "rows_not_readable": unread}
    return rows | counts | {"notes": [*read.notes, *pinned(pack)]}


def default_work(output: Path) -> Path:
    """The work folder beside the output."""
    return output.with_name(f".{output.name}.work")
