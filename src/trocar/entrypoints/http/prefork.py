"""Several processes at the same work: forked when everything is imported and mapped, so that they share it."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType

LOGGER = logging.getLogger("trocar.serve")
# Uvicorn's exit code of a server that could not begin: it would not begin the next time either.
_COULD_NOT_BEGIN = 3
_LOOK_SECONDS = 0.5


def run_processes(work: Callable[[int], None], count: int) -> None:
    """Keep so many processes at work, numbered from 0, until a signal ends it; one that dies is replaced.

    Must be called from the main thread of a process that has no other threads at work.
    """
    context = multiprocessing.get_context("fork")
    is_over = False

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True

    def started(number: int) -> ForkProcess:
        process = context.Process(target=work, args=(number,))
        process.start()
        return process

    running = [started(number) for number in range(count)]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    while not is_over:
        wait([process.sentinel for process in running], _LOOK_SECONDS)
        for at, process in enumerate(running):
            if process.exitcode is None or is_over:
                continue
            LOGGER.error("worker ended", extra={"fields": {"process": process.pid, "exit_code": process.exitcode}})
            if process.exitcode == _COULD_NOT_BEGIN:
                is_over = True
            else:
                running[at] = started(at)
    for process in running:
        if process.exitcode is None:
            process.terminate()
    for process in running:
        process.join()
