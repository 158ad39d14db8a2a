"""Run a job over a book: read and partition, check or price in processes, merge; each step can be taken up again."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.book import manifest, worker
from trocar.book.job import MEBIBYTE, Job, estimated_rows
from trocar.book.keys import ties
from trocar.book.manifest import Ingested, Manifest
from trocar.book.merge import merge
from trocar.book.partition import keys_files, move_tied, write_chunk
from trocar.book.progress import stage
from trocar.book.tally import merged, pinned
from trocar.book.worker import SCHEMAS, Task, price_tally, tally_of
from trocar.claims.csv import ClaimReading
from trocar.core.errors import TrocarError
from trocar.engine.pack import Pack
from trocar.reference.store import CATALOG_NAME
from trocar.rules.registry import all_rules

_SEARCH_MEMORY = 256 * MEBIBYTE
_PROBLEMS = "problems"


def run(job: Job, readings: Iterable[ClaimReading]) -> dict[str, Any]:
    """Do the job and write its output; gives the summary. ``readings`` are the chunks of the book, in order.

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
    )
    state, lock = manifest.claimed_folder(job.work, asked)
    with lock:
        ingested = state.ingested or _ingest(job, readings)
        # What reading took goes back to the system before the processes start.
        pa.default_memory_pool().release_unused()
        Manifest(asked, ingested).write(job.work)
        tasks = [Task(number, *task) for number, task in enumerate(ingested.tasks)]
        _work(job, ingested, tasks, pack)
        tallies = [tally_of(task.part(job.work)) for task in tasks]
        unread = ingested.problems + sum(tally["unread"] for tally in tallies)
        counts = merged(tallies, pack) if job.kind == "check" else price_tally(tallies)
        read = {"rows_read": ingested.rows_read, "rows_not_readable": unread}
        summary = read | counts | {"notes": [*ingested.notes, *pinned(pack)]}
        _merge(job, tasks, summary)
        manifest.remove(job.work, lock)
    return summary


def _ingest(job: Job, readings: Iterable[ClaimReading]) -> Ingested:
    """Read every chunk into its work file; then see which claims tie patients together, and plan the tasks."""
    estimate = estimated_rows(job.paths)
    buckets = job.buckets(estimate)
    answer = Ingested(0, 0, 0, [], 0)
    counts = []
    with stage("reading", estimate) as bar:
        for reading in readings:
            lines = reading.table
            counts.append(write_chunk(job.work, answer.chunks, lines, answer.lines + 1, buckets))
            if reading.problems:
                path = job.work / f"{_PROBLEMS}-{answer.chunks:05d}.parquet"
                worker.write_rows(path, worker.unread_table(job.kind, list(reading.problems)))
            answer.chunks += 1
            answer.lines += lines.num_rows
            answer.rows_read += reading.rows_read
            answer.problems += len(reading.problems)
            answer.notes += [note for note in reading.notes if note not in answer.notes]
            pa.default_memory_pool().release_unused()
            bar.advance(reading.rows_read)
    tied = ties(keys_files(job.work, answer.chunks), _SEARCH_MEMORY, job.work) if answer.chunks else None
    if tied is not None and len(tied[0]):
        for number in range(answer.chunks):
            moved = move_tied(job.work, number, tied, buckets)
            counts[number] = counts[number] if moved is None else moved
    answer.tasks = job.tasks(np.sum(counts, axis=0) if counts else np.zeros(buckets, np.int64))
    most = max(lines for _, _, lines in answer.tasks)
    if most > 2 * job.lines_per_task:
        answer.notes.append(f"{most} lines hang together by patient and claim and were checked at once: more memory")
    return answer


def _work(job: Job, ingested: Ingested, tasks: list[Task], pack: Pack) -> None:
    """Write the parts that are not there yet."""
    open_tasks = [task for task in tasks if not task.part(job.work).exists()]
    with stage("checking" if job.kind == "check" else "pricing", ingested.lines) as bar:
        bar.advance(ingested.lines - sum(task.lines for task in open_tasks))
        for task in _worked(job, ingested.chunks, open_tasks, pack):
            bar.advance(task.lines)


def _worked(job: Job, chunks: int, tasks: list[Task], pack: Pack) -> Iterator[Task]:
    """The tasks as they are finished: here when one process is enough, else in processes of their own."""
    processes = min(job.processes_that_fit, len(tasks))
    if processes <= 1:
        alone = worker.Worker(job.kind, job.work, chunks, pack)
        for task in tasks:
            alone.run(task)
            yield task
        return
    start = (job.kind, job.work, chunks, job.pack)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=worker.start, initargs=start) as pool:
        futures = [pool.submit(worker.work, task) for task in tasks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise ProcessEndedError(
                "a process was ended from outside (out of memory?)",
                where=str(job.work),
                remedy="Run the same command again: finished parts are kept. Give less --memory or fewer -j.",
            ) from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


class ProcessEndedError(TrocarError):
    """A worker process of a book was ended from outside."""

    docs = "docs/books.md"


def _merge(job: Job, tasks: list[Task], summary: dict[str, Any]) -> None:
    parts = [task.part(job.work) for task in tasks]
    parts += sorted(job.work.glob(f"{_PROBLEMS}-*.parquet"))
    rows = sum(worker.rows_of(part) for part in parts)
    with stage("writing", rows) as bar:
        merge(parts, job.output, SCHEMAS[job.kind], {"summary": summary}, bar.advance)


def default_work(output: Path) -> Path:
    """The work folder beside the output."""
    return output.with_name(f".{output.name}.work")
