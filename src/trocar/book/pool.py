"""The processes of a book: what is to be done goes to them, and its answers come back in order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from types import TracebackType
from typing import TypeVar

from trocar.book import worker
from trocar.book.ingest import Reading, ReadPart, read_part
from trocar.book.job import Job
from trocar.book.worker import Task, Worker
from trocar.core.errors import TrocarError
from trocar.engine.pack import Pack

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class ProcessEndedError(TrocarError):
    """A worker process of a book was ended from outside."""

    docs = "docs/books.md"


class Pool:
    """As many processes as the job may have, started when there is more than one thing to do; else this one."""

    def __init__(self, job: Job, pack: Pack) -> None:
        self._job = job
        self._here = Worker(job.kind, job.work, pack, job.suppressions)
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def read(self, readings: Sequence[Reading], advance: Callable[[int], None]) -> Iterator[ReadPart]:
        """Read parts of the book into its work files; ``advance`` is told of rows as soon as they are read."""
        here = self._is_enough_for(readings)
        for part in self._each(partial(read_part, advance=advance), read_part, readings):
            if not here:
                advance(part.rows_read)
            yield part

    def work(self, tasks: Sequence[Task]) -> Iterator[Task]:
        """Write the parts of tasks; gives each when its part is there."""
        return self._each(self._here.run, worker.work, tasks)

    def _is_enough_for(self, asked: Sequence[object]) -> bool:
        """Whether this process does it alone."""
        return len(asked) <= 1 or self._job.processes_that_fit == 1

    def _each(
        self, here: Callable[[Asked], Answer], there: Callable[[Asked], Answer], asked: Sequence[Asked]
    ) -> Iterator[Answer]:
        """The answers in the order of what was asked. Raises ``ProcessEndedError`` when a process does not answer."""
        if self._is_enough_for(asked):
            yield from map(here, asked)
            return
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._job.processes_that_fit,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=worker.start,
                initargs=(
                    self._job.kind,
                    self._job.work,
                    self._job.pack,
                    self._job.suppressions,
                ),
            )
        try:
            yield from self._executor.map(there, asked)
        except BrokenProcessPool as error:
            raise ProcessEndedError(
                "a process was ended from outside (out of memory?)",
                where=str(self._job.work),
                remedy="Run the same command again: finished parts are kept. Give less --memory or fewer -j.",
            ) from error
