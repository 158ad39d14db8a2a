"""Where the provider references of a file stand: a record of each on disk, and the keys of those that rates name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import msgspec
import numpy as np
from msgspec import Raw

from trocar.benchmarks.json_parts import Bad, Open, Span
from trocar.benchmarks.mending import canonical, in_any_case
from trocar.benchmarks.tally import Tally

_KNOWN = {"provider_group_id", "network_name", "provider_groups", "location"}
# A record: the key, where the text stands, its size, and its offset in the file published.
_FIELDS = 4
_RECORD_SIZE = 8 * _FIELDS
_RECORDS_AT_ONCE = 50_000
_PENDING = 100_000
_DIGITS = 18  # so many fit into eight bytes, whatever they are
NO_KEYS = np.empty(0, np.int64)


def key_of(group_id: str) -> int:
    """Eight bytes for an id in its canonical spelling, the same in every process: a number is its own key.

    A key only chooses what is read back; the id itself is in the text.
    """
    if len(group_id) <= _DIGITS and group_id.isascii() and group_id.isdigit():
        return int(group_id)
    return int.from_bytes(blake2b(group_id.encode(), digest_size=8).digest(), "little", signed=True)


class UsedIds:
    """The distinct provider group ids that rates name, eight bytes each."""

    def __init__(self) -> None:
        self._pending: set[str] = set()
        self._keys = NO_KEYS

    def add(self, ids: Iterable[str]) -> None:
        """Remember some ids, in their canonical spelling."""
        self._pending.update(ids)
        if len(self._pending) > _PENDING:
            self.keys()

    def add_keys(self, keys: np.ndarray[Any, Any]) -> None:
        """Remember ids by their keys."""
        self._keys = np.union1d(self._keys, keys)

    def keys(self) -> np.ndarray[Any, Any]:
        """The keys of all ids so far, in order."""
        if self._pending:
            self.add_keys(np.fromiter(map(key_of, self._pending), np.int64, len(self._pending)))
            self._pending.clear()
        return self._keys


class ReferenceRecords:
    """The references of one file, in the order they are published, and the ids that its rates name.

    ``published``: the file itself where it is not compressed, in which the texts are found again; without it the texts
    are kept in a temporary file.
    """

    def __init__(self, tally: Tally, published: BinaryIO | None = None) -> None:
        self._tally = tally
        self.used = UsedIds()
        with ExitStack() as opening:
            self._records = opening.enter_context(tempfile.TemporaryFile(prefix="trocar-references-"))
            self._texts = published or opening.enter_context(tempfile.TemporaryFile(prefix="trocar-references-"))
            self._closing = opening.pop_all()
        self._size = None if published else 0

    def __enter__(self) -> ReferenceRecords:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.close()

    def read(self, parts: Iterable[Span | Open | Bad]) -> None:
        """Note the references of the section that comes next."""
        for part in parts:
            if isinstance(part, Bad):
                self._tally.reject(part.offset, "provider_references[]", part.reason, part.excerpt)
            elif isinstance(part, Open):
                self._tally.reject(part.offset, "provider_references[]", "larger than one reference may be")
            else:
                self._note(part)

    def _note(self, span: Span) -> None:
        """Note the place and key of some references, and keep their texts where they could not be read again."""
        self._tally.counts["references"] += len(span.heads)
        shift = 0
        if self._size is not None:
            shift = self._size - span.offset + 1  # the text begins with a bracket
            self._size += self._texts.write(span.text)
        records = []
        for members, (offset, raw) in zip(span.heads, span.elements(), strict=True):
            head = in_any_case(members, _KNOWN, "provider_references[]", offset, self._tally)
            if "network_name" in head:
                self._tally.facts["schema_shape"] = "2.x"
            elif "location" in head:
                self._tally.facts.setdefault("schema_shape", "1.x")
                self._tally.counts["references_remote"] += 1
            if "provider_group_id" not in head:
                self._tally.reject(offset, "provider_references[]", "no provider_group_id", bytes(raw)[:400])
                continue
            text = text_or_number(head["provider_group_id"], offset, self._tally)
            records.append((key_of(canonical(text)), shift + offset, len(memoryview(raw)), offset))
        self._records.write(np.array(records, np.int64).tobytes())

    def save(self, folder: Path) -> None:
        """Keep what was noted in a part of a file for ``load``."""
        np.save(folder / "used.npy", self.used.keys())
        self._records.seek(0)
        with (folder / "references.records").open("wb") as kept:
            shutil.copyfileobj(self._records, kept)

    def load(self, folder: Path) -> None:
        """Take in what was noted in the part that comes next."""
        self.used.add_keys(np.load(folder / "used.npy"))
        with (folder / "references.records").open("rb") as kept:
            shutil.copyfileobj(kept, self._records)

    def named(self) -> Iterator[tuple[bytes, int]]:
        """The text and the offset of each reference that a rate names, in published order."""
        used = self.used.keys()
        self._texts.flush()
        self._records.seek(0)
        while content := self._records.read(_RECORD_SIZE * _RECORDS_AT_ONCE):
            records = np.frombuffer(content, np.int64).reshape(-1, _FIELDS)
            for _, at, size, offset in records[np.isin(records[:, 0], used)].tolist():
                yield os.pread(self._texts.fileno(), size, at), offset


def text_or_number(value: Raw, offset: int, tally: Tally | None) -> str:
    """The text of an id: a number by the schemas, a text in some files."""
    content = bytes(value)
    if content[:1] != b'"':
        return content.decode()
    if tally is not None:
        tally.repaired("provider_group_id is not a number", offset)
    return msgspec.json.decode(content, type=str)
