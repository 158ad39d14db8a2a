"""Whose turn it is to ask a server: one request at a time, a pause between two, for all processes of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO


class Turns:
    """``folder``: where turns are kept, a file for each server. ``pause``: seconds between two requests to one.

    When a server was asked last is when its file was written. Both ends of a pause are read from the file, so machines
    that share the folder go by its clock, whatever their own say.
    """

    def __init__(self, folder: Path, pause: float, sleep: Callable[[float], None]) -> None:
        self._folder, self._pause, self._sleep = folder, pause, sleep

    @contextmanager
    def of(self, host: str) -> Iterator[Callable[[], None]]:
        """Hold the turn of a server; what it gives is to be called before each request, and waits as long as need be.

        A process that ends in whatever way gives its turn back.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        turn = self._folder / f"{sha256(host.encode()).hexdigest()[:24]}.turn"
        with turn.open("a") as held:
            _lock(held)
            try:
                yield lambda: self._wait(turn)
            finally:
                _stamp(turn)

    def _wait(self, turn: Path) -> None:
        last = turn.stat()
        if last.st_size:
            turn.touch()
            # A clock that was set back is no reason to wait longer.
            early = min(self._pause, self._pause - (turn.stat().st_mtime - last.st_mtime))
            if early > 0:
                self._sleep(early)
        _stamp(turn)


def _stamp(turn: Path) -> None:
    """Note that the server was asked: before each request, in case the process is killed, and behind the last."""
    turn.write_text("asked", "utf-8")


def _lock(file: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:  # not on Windows: there processes keep the pause, but may ask at once
        return
    fcntl.flock(file, fcntl.LOCK_EX)
