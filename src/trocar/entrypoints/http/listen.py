"""Listen on a socket and answer: in this process, or in several that share the socket and the mapped store."""

from __future__ import annotations

import gc
import logging.config
import multiprocessing
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import uvicorn

from trocar.book.job import default_processes
from trocar.core.errors import UsageError
from trocar.entrypoints.http.logs import configuration
from trocar.entrypoints.http.prefork import run_processes
from trocar.entrypoints.http.settings import Settings

_GRACE_SECONDS = 10
# Callers that may wait to be accepted.
_QUEUE = 2_048


@contextmanager
def bind(settings: Settings, workers: int) -> Iterator[list[socket.socket]]:
    """A socket for each worker on one port, among which the system deals out callers; raises ``UsageError``.

    With one socket for all, the worker that wakes first takes every caller (measured: 16 of 16).
    """
    with ExitStack() as opened:
        try:
            # Sockets that share a port would share it with another server too: this one finds out whether there is one.
            with _socket(settings.host) as alone:
                alone.bind((settings.host, settings.port))
                port = alone.getsockname()[1]
            listening = [opened.enter_context(_socket(settings.host)) for _ in range(workers)]
            for each in listening:
                if workers > 1:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                each.bind((settings.host, port))
                # From now on callers wait instead of being refused: the address may be told before the workers answer.
                each.listen(_QUEUE)
        except OSError as error:
            raise UsageError(
                f"can't listen there ({error.strerror or error})",
                where=f"{settings.host} port {settings.port}",
                remedy="Choose another --host or --port.",
            ) from error
        yield listening


def _socket(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, for asyncio turns off Nagle's delay (40 ms an answer) only where it is.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made


def workers_of(settings: Settings) -> int:
    """As many as were asked for, else one per processor; one where processes can't be forked or share no port."""
    can = "fork" in multiprocessing.get_all_start_methods() and hasattr(socket, "SO_REUSEPORT")
    return (settings.workers or default_processes()) if can else 1


def address(settings: Settings, listening: socket.socket) -> str:
    """The URL of what listens."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}"


def run(settings: Settings, listening: Sequence[socket.socket]) -> None:
    """Answer until a signal ends it, with a worker for each socket."""
    # Imported before the fork, once for all.
    from trocar.entrypoints.http.app import create_app
    from trocar.entrypoints.http.metrics import SharedFolder

    logging_configuration = configuration(settings.log_level)
    logging.config.dictConfig(logging_configuration)

    def work(number: int) -> None:
        config = uvicorn.Config(
            create_app(settings),
            log_config=logging_configuration,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        # What is there now stays to the end: looking through it for garbage would stop every answer for 80 ms.
        gc.collect()
        gc.freeze()
        uvicorn.Server(config).run(sockets=[listening[number]])
        gc.unfreeze()

    if len(listening) == 1:
        work(0)
        return
    with SharedFolder():
        run_processes(work, len(listening))
