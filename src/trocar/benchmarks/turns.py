"""Whose turn it is to ask a server: one request at a time, a pause between two, for all processes of a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO


class Turns:
    """``folder``: where turns are kept, a file for each server. ``pause``: seconds between two requests to one."""

    def __init__(self, folder: Path, pause: float, sleep: Callable[[float], None]) -> None:
        self._folder, self._pause, self._sleep = folder, pause, sleep

    @contextmanager
    def of(self, host: str) -> Iterator[Callable[[], None]]:
        """Hold the turn of a server; what it gives is to be called before each request, and waits as long as need be.

        A process that ends in whatever way gives its turn back.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{sha256(host.encode()).hexdigest()[:24]}.turn").open("a+") as file:
            _lock(file)
            try:
                yield lambda: self._wait(file)
            finally:
                _stamp(file)

    def _wait(self, file: IO[str]) -> None:
        file.seek(0)
        last = float(file.read() or "-inf")
        # A clock that began anew, since the machine did, is no reason to wait longer.
        early = min(self._pause, last + self._pause - time.monotonic())
        if early > 0:
            self._sleep(early)
        _stamp(file)


def _stamp(file: IO[str]) -> None:
    """This is when the server was asked last: written before a request, for one that is killed, and behind it."""
    file.truncate(0)
    file.write(f"{time.monotonic()}")
    file.flush()


def _lock(file: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows: there each process has its own turns, and the last one's time
        return
    fcntl.flock(file, fcntl.LOCK_EX)
