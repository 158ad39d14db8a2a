"""A publisher's server on loopback: answers ranges and ETags as servers do, and makes the troubles it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 4000


class Server(ThreadingHTTPServer):
    """Serves ``files`` by the last part of the address, and ``content`` for any other."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        # The tag of every file; None: each by its content, as most servers have it.
        self.etag: str | None = '"one"'
        self.modified = ""
        self.content = CONTENT
        self.content_type = "application/octet-stream"
        self.files: dict[str, bytes] = {}
        self.missing: set[str] = set()
        self.busy = 0
        self.busy_status, self.retry_after = 503, "0"
        self.answering = self.most_at_once = 0
        self.breaks_after: list[int] = []
        self.asked: list[dict[str, str]] = []
        self.asked_at: list[float] = []

    @property
    def address(self) -> str:
        """Where a file is."""
        return self.of("in-network.json.gz")

    def of(self, name: str) -> str:
        """The address of a file."""
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"

    def tag(self, content: bytes) -> str:
        """The ETag under which some content is served; empty where the server gives none."""
        return f'"{sha256(content).hexdigest()[:16]}"' if self.etag is None else self.etag


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer, and count how many are answered at once."""
        self.server.answering += 1
        self.server.most_at_once = max(self.server.most_at_once, self.server.answering)
        self._answer()
        self.server.answering -= 1

    def _answer(self) -> None:
        """Answer, break off, or be busy."""
        told = self.server
        told.asked.append({"path": self.path, **dict(self.headers)})
        told.asked_at.append(time.monotonic())
        name = self.path.rpartition("/")[2]
        if told.busy:
            told.busy -= 1
            return self._empty(told.busy_status, {"Retry-After": told.retry_after} if told.retry_after else None)
        if "missing" in self.path or name in told.missing:
            return self._empty(404)
        whole = told.files.get(name, told.content)
        tag = told.tag(whole)
        if tag and self.headers.get("If-None-Match") == tag:
            return self._empty(304)
        if told.modified and self.headers.get("If-Modified-Since") == told.modified:
            return self._empty(304)
        first = 0
        if self.headers.get("Range") and self.headers.get("If-Range") == tag:
            first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        if first and first == len(whole):
            return self._empty(416, {"Content-Range": f"bytes */{first}"})
        content = whole[first:]
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(whole) - 1}/{len(whole)}")
        if tag:
            self.send_header("ETag", tag)
        if told.modified:
            self.send_header("Last-Modified", told.modified)
        self.send_header("Content-Type", told.content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if told.breaks_after:
            self.wfile.write(content[: told.breaks_after.pop(0)])
            self.close_connection = True
            return None
        self.wfile.write(content)
        return None

    def _empty(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Say nothing."""


@contextmanager
def running() -> Iterator[Server]:
    """A server that answers until the block ends."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
