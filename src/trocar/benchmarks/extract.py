"""Published files to folders of tables: whatever their kind, once each, taken up again where a run was broken off."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import msgspec
import pyarrow.parquet as pq

from trocar.benchmarks.detect import kind_of
from trocar.benchmarks.inflate import Text, texts_of
from trocar.benchmarks.writer import written_folder
from trocar.core.errors import ReferenceFileError, TrocarError
from trocar.files.fetch import Fetcher, beside, clean

# The reader of each kind: called with open_file, codes, known, writer; it writes the row of ``files`` and gives it.
READERS = {
    "in_network": "trocar.benchmarks.in_network:read_in_network",
    "allowed_amounts": "trocar.benchmarks.allowed_amounts:read_allowed_amounts",
    "index": "trocar.benchmarks.table_of_contents:read_index",
    "hospital": "trocar.benchmarks.hospital.extract:extract_hospital",
}
Reader = Callable[..., dict[str, Any]]
_ID = 16


@dataclass(frozen=True)
class Extraction:
    """What is asked: ``codes`` (None for all), the folder of tables, whether remote references are fetched and listed
    files followed, the seconds between two requests to one server, and the most bytes of a plain file that one task
    reads where files are dealt out.
    """

    output: Path
    codes: frozenset[str] | None
    fetch_references: bool = False
    follow: bool = True
    pause: float = 1.0
    range_size: int = 256 << 20

    def fetcher(self) -> Fetcher:
        """A fetcher that keeps what it fetches beside the tables."""
        return Fetcher(self.output / ".fetched", self.pause)


class Outcome(msgspec.Struct):
    """What became of one text: its row of ``files``, or why there is none. ``listed``: where an index points to."""

    location: str
    file: dict[str, Any] | None = None
    problem: str = ""
    kept: bool = False
    listed: list[str] = []


@dataclass(frozen=True)
class Found:
    """A text at a location, and what is known of it before it is read: columns of ``files``.

    ``member`` tells it from other texts of the same file; empty for the only one.
    """

    location: str
    text: Text
    known: dict[str, Any]
    member: str = ""

    def identified(self, digest: str) -> Found:
        """The same with the digest of its file, which names the folder of its tables."""
        named = sha256(f"{digest}!{self.member}".encode()).hexdigest() if self.member else digest
        return replace(self, known={**self.known, "sha256": digest, "file_id": named[:_ID]})


def extract(locations: Sequence[str], asked: Extraction, fetcher: Fetcher | None = None) -> Iterator[Outcome]:
    """Extract files and, through indexes, the files they list; each location once, in order of first mention."""
    fetcher = fetcher or asked.fetcher()
    waiting, seen = deque(locations), set(map(clean, locations))
    while waiting:
        location = waiting.popleft()
        for outcome in extract_one(location, asked, fetcher):
            yield outcome
            for listed in outcome.listed if asked.follow else ():
                address = beside(location, listed)
                if clean(address) not in seen:
                    seen.add(clean(address))
                    waiting.append(address)


def extract_one(location: str, asked: Extraction, fetcher: Fetcher) -> Iterator[Outcome]:
    """Extract the texts of one file: a pure function of its bytes and the codes, whatever machine it runs on."""
    for found in texts_at(location, asked, fetcher):
        yield found if isinstance(found, Outcome) else extract_text(found, asked, fetcher)


def texts_at(
    location: str, asked: Extraction, fetcher: Fetcher, later: Callable[[Text], bool] = lambda text: False
) -> Iterator[Found | Outcome]:
    """The texts of one file, fetched if need be, identified unless that is to be done ``later``.

    An outcome where there are none.
    """
    try:
        path = fetcher.path(location)
        texts = list(texts_of(path))
        digest = "" if len(texts) == 1 and later(texts[0]) else digest_of(path)
    except (TrocarError, OSError) as error:
        yield Outcome(clean(location), problem=str(error))
        return
    for text in texts:
        member = text.member if len(texts) > 1 else ""
        known: dict[str, Any] = {
            "name": _name(location, text.member),
            "location": clean(location) + (f"!{member}" if member else ""),
            "size": path.stat().st_size,
            "compression": text.compression,
            "codes_asked": sorted(asked.codes or ()),
        }
        found = Found(location, text, known, member)
        yield found.identified(digest) if digest else found


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; raises ``OSError``."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def extract_text(found: Found, asked: Extraction, fetcher: Fetcher) -> Outcome:
    """Write the tables of one text, unless they are there already."""
    text, known = found.text, found.known
    outcome = Outcome(known["location"])
    try:
        finished = finished_row(found, asked)
        if finished and finished["kind"] != "index":
            outcome.file, outcome.kept = finished, True
            return outcome
        kind = kind_of(text, known["location"])
        reader = _reader(kind, known["location"])
        extra: dict[str, Any] = {}
        if kind == "index":
            extra["listed"] = outcome.listed.append
        elif kind == "in_network":
            extra["fetch"] = reference_fetch(found.location, asked, fetcher)
        with without_collector(), written_folder(asked.output, known["file_id"]) as writer:
            open_text = text.open if kind == "hospital" else text.open_raw
            outcome.file = reader(open_text, asked.codes, known, writer, **extra)
    except (TrocarError, OSError) as error:
        return Outcome(known["location"], problem=str(error))
    return outcome


def reference_fetch(location: str, asked: Extraction, fetcher: Fetcher) -> Callable[[str], BinaryIO] | None:
    """Opens provider references that stand elsewhere, by their location in a file; None when that was not asked."""
    if not asked.fetch_references:
        return None
    return lambda listed: _opened(fetcher, beside(location, listed))


def _reader(kind: str, location: str) -> Reader:
    if kind not in READERS:
        raise ReferenceFileError(
            "it is none of the files that are read here" + (f" ({kind})" if kind else ""),
            where=location,
            remedy=f"Read here: {', '.join(READERS)}.",
        )
    module, _, name = READERS[kind].partition(":")
    return getattr(import_module(module), name)


def _opened(fetcher: Fetcher, address: str) -> BinaryIO:
    """The one text of a fetched file; raises ``OSError``."""
    try:
        return next(texts_of(fetcher.path(address))).open_raw()  # type: ignore[return-value]
    except TrocarError as error:
        raise OSError(str(error)) from error


def finished_row(found: Found, asked: Extraction) -> dict[str, Any] | None:
    """The row of ``files`` of an earlier extraction of the same bytes for the same codes."""
    path = asked.output / found.known["file_id"] / "files.parquet"
    if not path.is_file():
        return None
    (row,) = pq.read_table(path).to_pylist()
    return row if row["codes_asked"] == found.known["codes_asked"] else None


def _name(location: str, member: str) -> str:
    name = urlsplit(location).path.rpartition("/")[2] or location
    return f"{name}!{member}" if member else name


@contextmanager
def without_collector() -> Iterator[None]:
    """Millions of rows make no cycles: time spent on looking for some among them is lost."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
