"""Files by address: local paths, ``file://`` and HTTP, the last kept in a folder and taken up again where it broke."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import HTTPError

from trocar.core.errors import ReferenceFileError
from trocar.files.turns import Turns

_PIECE = 1 << 18
_TRIES = 8
_REDIRECTS = 8
# Seconds: a server that asks for more is named, and the file left.
_LONGEST_WAIT = 3600
_FULL, _PART, _SAME, _BEYOND = 200, 206, 304, 416
_BUSY = (429, 500, 502, 503, 504)
# Parts of an address that say who may fetch it until when, never what it is.
_SIGNATURE = {"expires", "signature", "key-pair-id", "policy", "sig", "se", "sp", "sv", "sr", "st", "spr", "skoid"}
_AGENT = "trocar (reads the files that Medicare, payers and hospitals publish; one request at a time)"


def clean(address: str) -> str:
    """An address without its signature."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return address
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _SIGNATURE and not name.lower().startswith(("x-amz-", "x-goog-"))
    ]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(query), ""))


def beside(address: str, location: str) -> str:
    """Where a location that an index names is: an address as it stands, a path beside the index."""
    if urlsplit(location).scheme in ("http", "https", "file"):
        return location
    if urlsplit(address).scheme in ("http", "https", "file"):
        return urljoin(address, location)
    return str(Path(address).parent / location)


class _BusyError(Exception):
    """A server that can't answer now. ``wait``: the seconds after which it may, if it said so."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"the server answers {status}")
        self.wait = wait or 0.0


class Fetcher:
    """Makes addresses to local files. ``pause``: seconds between two requests to one host.

    Those of several processes that fetch into one folder take turns.
    """

    def __init__(self, folder: Path, pause: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        self._folder, self._sleep = folder, sleep
        self._turns = Turns(folder, pause, sleep)
        # What is tried again is tried here, in one place: a redirection alone is followed by urllib3.
        self._retries = urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=_REDIRECTS)
        timeout = urllib3.Timeout(connect=30, read=120)
        self._pool = urllib3.PoolManager(retries=self._retries, timeout=timeout)

    def path(self, address: str) -> Path:
        """The local file of an address; raises ``ReferenceFileError`` for what is not there or can't be fetched."""
        return self._local(address) or self._fetched(address, unless_known=False)

    def newer(self, address: str) -> Path | None:
        """The file of an address whose file of last time the caller took away; None while the server has no other.

        Raises ``ReferenceFileError`` as ``path`` does. A local file is always given, since nothing tells its age.
        """
        if local := self._local(address):
            return local
        whole = self._fetched(address, unless_known=True)
        return whole if whole.exists() else None

    def forget(self, address: str) -> None:
        """Remove what is kept of an address, so that it is fetched anew."""
        for path in self._kept(address):
            path.unlink(missing_ok=True)

    def _local(self, address: str) -> Path | None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https"):
            return None
        path = Path(unquote(parts.path)) if parts.scheme == "file" else Path(address)
        if not path.is_file():
            raise ReferenceFileError("there is no such file", where=address, remedy="Check the path.")
        return path

    def _kept(self, address: str) -> tuple[Path, Path, Path]:
        """The whole file, the part of one that broke off, and what the server told of them."""
        name = sha256(clean(address).encode()).hexdigest()[:24]
        return (self._folder / f"{name}.file", self._folder / f"{name}.part", self._folder / f"{name}.json")

    def _fetched(self, address: str, *, unless_known: bool) -> Path:
        with self._turns.of(urlsplit(address).netloc.rpartition("@")[2]) as wait:
            return self._tried(address, wait, unless_known=unless_known)

    def _tried(self, address: str, wait: Callable[[], None], *, unless_known: bool) -> Path:
        whole, part, told = self._kept(address)
        left, last = _TRIES, -1
        while True:
            least = 0.0
            wait()
            try:
                if self._attempt(address, whole, part, told, unless_known or whole.exists()):
                    return whole
                problem = "the server has nothing from there on"
            except _BusyError as busy:
                problem, least = str(busy), busy.wait
            except (HTTPError, OSError) as error:
                problem = str(error)
            size = part.stat().st_size if part.exists() else 0
            # A file of hours may break often: only tries that bring nothing new count.
            left = _TRIES if size > last else left - 1
            last = size
            if not left or least > _LONGEST_WAIT:
                asks = " and asks to wait longer than an hour" if least > _LONGEST_WAIT else ""
                raise ReferenceFileError(
                    f"it can't be fetched: {problem}{asks}",
                    where=clean(address),
                    remedy="Run the command again: it goes on where it broke.",
                )
            self._sleep(max(least, min(60.0, 0.5 * 2 ** (_TRIES - left))))

    def _attempt(self, address: str, whole: Path, part: Path, told: Path, conditional: bool) -> bool:
        """One request; True when the file is whole, or ``conditional`` and still the one that was whole before."""
        known: dict[str, Any] = json.loads(told.read_text()) if told.exists() else {}
        headers = {"Accept-Encoding": "identity", "User-Agent": _AGENT}
        have = part.stat().st_size if part.exists() else 0
        if have and known.get("validator"):
            headers |= {"Range": f"bytes={have}-", "If-Range": known["validator"]}
        elif conditional and known.get("etag"):
            headers["If-None-Match"] = known["etag"]
        elif conditional and known.get("modified"):
            headers["If-Modified-Since"] = known["modified"]
        answer = self._pool.request("GET", address, headers=headers, preload_content=False, decode_content=False)
        try:
            if answer.status == _SAME:
                return True
            if answer.status == _BEYOND and answer.headers.get("Content-Range") != f"bytes */{have}":
                part.unlink()
                return False
            if answer.status in _BUSY:
                raise _BusyError(answer.status, self._retries.get_retry_after(answer))
            if answer.status not in (_FULL, _PART, _BEYOND):
                raise ReferenceFileError(
                    f"the server answers {answer.status}", where=clean(address), remedy="Check the address."
                )
            etag = answer.headers.get("ETag") or (known.get("validator") if answer.status == _BEYOND else None)
            # A weak tag or a day does not prove that the rest belongs to what is here.
            validator = etag if etag and not etag.startswith("W/") else None
            # What would tell a whole file from a newer one is written down when it is whole.
            told.write_text(json.dumps({"address": clean(address), "validator": validator}))
            goes_on = answer.status == _PART and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if answer.status != _BEYOND:  # then all of it was here
                with part.open("ab" if goes_on else "wb") as file:
                    for piece in answer.stream(_PIECE):
                        file.write(piece)
        finally:
            answer.release_conn()
        part.replace(whole)
        known = {"validator": validator, "etag": etag, "modified": answer.headers.get("Last-Modified")}
        told.write_text(json.dumps({"address": clean(address), **known}))
        return True
