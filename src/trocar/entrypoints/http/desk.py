"""The desk where claims are checked: small requests that wait together share one batch, each as if it were alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from trocar.core.errors import TrocarError
from trocar.engine.pack import Pack
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http.errors import HttpError
from trocar.scrub.check import check
from trocar.scrub.suppression import NO_SUPPRESSIONS, Suppressions
from trocar.scrub.together import Part, check_together

# A request of more lines has the kernel's cost by itself, and would make the others wait.
FEW_LINES = 200
MOST_LINES_TOGETHER = 2_000
_Answer = TypeVar("_Answer")


@dataclass
class _Waiting:
    reading: Input
    answer: asyncio.Future[Part]

    def succeed(self, part: Part) -> None:
        """Give the answer, unless its caller has gone."""
        if not self.answer.done():
            self.answer.set_result(part)

    def fail(self, error: Exception) -> None:
        """Give the error, unless its caller has gone."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Desk:
    """One thread for batches of small requests, one for files: the interpreter runs one at a time anyway."""

    def __init__(self, pack: Pack, most_waiting: int, suppressions: Suppressions = NO_SUPPRESSIONS) -> None:
        self._pack = pack
        self._suppressions = suppressions
        self._most_waiting = most_waiting
        self._waiting: deque[_Waiting] = deque()
        self._at_work: asyncio.Task[None] | None = None
        self._batches = ThreadPoolExecutor(1, "batches")
        self._files = ThreadPoolExecutor(1, "files")
        self._files_waiting = 0

    def close(self) -> None:
        """Give up what waits, and the threads."""
        self._batches.shutdown(wait=False, cancel_futures=True)
        self._files.shutdown(wait=False, cancel_futures=True)

    async def check(self, reading: Input) -> Part:
        """Check what was read; raises ``HttpError`` 503 when too many requests wait."""
        if reading.table.num_rows > FEW_LINES:
            return await self.of_files(lambda: _alone(reading, self._pack, self._suppressions))
        if len(self._waiting) >= self._most_waiting:
            raise _busy()
        waiting = _Waiting(reading, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.create_task(self._work())
        return await waiting.answer

    async def of_files(self, work: Callable[[], _Answer]) -> _Answer:
        """Do long work in the thread for it; raises ``HttpError`` 503 when too much of it waits."""
        if self._files_waiting >= self._most_waiting:
            raise _busy()
        self._files_waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._files, work)
        finally:
            self._files_waiting -= 1

    async def _work(self) -> None:
        while self._waiting:
            # One turn of the loop: what has come in is read, and costs little more in the same batch.
            await asyncio.sleep(0)
            if taken := self._take():
                await self._answer(taken)

    async def _answer(self, taken: list[_Waiting]) -> None:
        """Check some requests together; where that fails, one by one, so that each answers for itself."""
        tables = [waiting.reading.table for waiting in taken]
        try:
            loop = asyncio.get_running_loop()
            parts = await loop.run_in_executor(self._batches, check_together, tables, self._pack, self._suppressions)
        except Exception as error:
            if len(taken) == 1:
                taken[0].fail(error)
                return
            for waiting in taken:
                await self._answer([waiting])
            return
        for waiting, part in zip(taken, parts, strict=True):
            waiting.succeed(part)

    def _take(self) -> list[_Waiting]:
        """Those that wait longest, as many as one batch holds; those whose caller has gone are left out."""
        taken: list[_Waiting] = []
        lines = 0
        while self._waiting and (not taken or lines + self._waiting[0].reading.table.num_rows <= MOST_LINES_TOGETHER):
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                taken.append(waiting)
                lines += waiting.reading.table.num_rows
        return taken


def _alone(reading: Input, pack: Pack, suppressions: Suppressions) -> Part:
    result = check(reading.table, pack, suppressions=suppressions)
    return Part(result.summary, result.findings, result.not_checked)


def _busy() -> TrocarError:
    return HttpError(
        503, "too many requests wait for an answer", remedy="Try again in a moment.", headers={"Retry-After": "1"}
    )
