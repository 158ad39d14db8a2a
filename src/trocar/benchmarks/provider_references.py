"""Provider references on disk: all of a file are kept there, and those that a rate names are read back."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, BinaryIO

import msgspec
import numpy as np
from msgspec import Raw

from trocar.benchmarks.groups import Group, GroupColumns
from trocar.benchmarks.json_parts import Bad, MalformedError, Open, Span
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.mending import NULL, canonical, text_of, texts
from trocar.benchmarks.tally import Tally

Fetch = Callable[[str], BinaryIO]
_KNOWN = {"provider_group_id", "network_name", "provider_groups", "location"}
# A record: the key, where the text stands in the file kept, its size, and its offset in the file published.
_FIELDS = 4
_RECORD_SIZE = 8 * _FIELDS
_RECORDS_AT_ONCE = 50_000
_PENDING = 100_000
_raws = msgspec.json.Decoder(list[Raw])
_members = msgspec.json.Decoder(dict[str, Raw])
NO_KEYS = np.empty(0, np.int64)


class _Reference(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    provider_group_id: Raw
    provider_groups: list[Group]
    network_name: list[str] = []


_reference = msgspec.json.Decoder(_Reference)


class UsedIds:
    """The distinct provider group ids that rates name, eight bytes each."""

    def __init__(self) -> None:
        self._pending: set[int] = set()
        self._keys = NO_KEYS

    def add(self, ids: Iterable[str]) -> None:
        """Remember some ids, in their canonical spelling."""
        self._pending.update(map(hash, ids))
        if len(self._pending) > _PENDING:
            self.keys()

    def keys(self) -> np.ndarray[Any, Any]:
        """The keys of all ids so far, in order."""
        if self._pending:
            some = np.fromiter(self._pending, np.int64, len(self._pending))
            self._keys = np.union1d(self._keys, some)
            self._pending.clear()
        return self._keys


class ProviderReferences:
    """The references of one file, in the order they are published, in two files of a temporary folder."""

    def __init__(self, tally: Tally, groups: GroupColumns, fetch: Fetch | None) -> None:
        self._tally, self._groups, self._fetch = tally, groups, fetch
        self.used = UsedIds()
        # A key is the hash of the canonical id: it only chooses what is read back, the id itself is in the text.
        with ExitStack() as opening:
            self._texts, self._records = (
                opening.enter_context(tempfile.TemporaryFile(prefix="trocar-references-")) for _ in range(2)
            )
            self._closing = opening.pop_all()
        self._size = 0

    def __enter__(self) -> ProviderReferences:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.close()

    def read(self, stream: Stream) -> None:
        """Keep the section ``provider_references`` that comes next."""
        for part in stream.elements():
            if isinstance(part, Bad):
                self._tally.reject(part.offset, "provider_references[]", part.reason, part.excerpt)
            elif isinstance(part, Open):
                self._tally.reject(part.offset, "provider_references[]", "larger than one reference may be")
            else:
                self._keep(part)

    def _keep(self, span: Span) -> None:
        """Keep the text of some references, with the place and key of each."""
        self._tally.counts["references"] += len(span.heads)
        before = self._size - span.offset + 1  # the text begins with a bracket
        self._size += self._texts.write(span.text)
        records = []
        for head, (offset, raw) in zip(span.heads, span.elements(), strict=True):
            if not head.keys() <= _KNOWN:
                for name in head.keys() - _KNOWN:
                    self._tally.unknown(f"provider_references[].{name}", offset)
            if "network_name" in head:
                self._tally.facts["schema_shape"] = "2.x"
            elif "location" in head:
                self._tally.facts.setdefault("schema_shape", "1.x")
                self._tally.counts["references_remote"] += 1
            if "provider_group_id" not in head:
                self._tally.reject(offset, "provider_references[]", "no provider_group_id", bytes(raw)[:400])
                continue
            text = text_or_number(head["provider_group_id"], offset, self._tally)
            records.append((hash(canonical(text)), before + offset, len(memoryview(raw)), offset))
        self._records.write(np.array(records, np.int64).tobytes())

    def write_used(self) -> None:
        """Write the groups of every id that a rate names, in published order; count those that can't be had."""
        used = self.used.keys()
        found = UsedIds()
        for text, offset in self._named(used):
            found.add((self._write(text, offset),))
        self._groups.flush()
        self._tally.counts["references_unresolved"] += len(np.setdiff1d(used, found.keys()))

    def _named(self, used: np.ndarray[Any, Any]) -> Iterator[tuple[bytes, int]]:
        self._texts.flush()
        self._records.seek(0)
        while content := self._records.read(_RECORD_SIZE * _RECORDS_AT_ONCE):
            records = np.frombuffer(content, np.int64).reshape(-1, _FIELDS)
            for _, at, size, offset in records[np.isin(records[:, 0], used)].tolist():
                yield os.pread(self._texts.fileno(), size, at), offset

    def _write(self, text: bytes, offset: int) -> str:
        """Write the groups of one reference; gives its id."""
        try:
            read = _reference.decode(text)
        except msgspec.DecodeError:
            return self._write_mended(_members.decode(text), offset)
        group_id = canonical(text_or_number(read.provider_group_id, offset, None))
        for ordinal, group in enumerate(read.provider_groups):
            self._groups.add_read(group_id, ordinal, read.network_name, group, offset)
        return group_id

    def _write_mended(self, reference: dict[str, Raw], offset: int) -> str:
        """The same for a reference that departs from the schema, or whose groups stand elsewhere."""
        group_id = canonical(text_or_number(reference["provider_group_id"], offset, None))
        networks = texts(reference.get("network_name"), "network_name", offset, self._tally)
        groups = reference.get("provider_groups")
        if groups is not None and bytes(groups) != NULL:
            for ordinal, raw in enumerate(_raws.decode(groups)):
                self._groups.add(group_id, ordinal, networks, raw, offset)
        elif "location" in reference:
            location = text_of(reference["location"], "location", offset, self._tally)
            self._write_remote(group_id, networks, location, offset)
        return group_id

    def _write_remote(self, group_id: str, networks: list[str], location: str, offset: int) -> None:
        where = f"provider_references[] {group_id}"
        if self._fetch is None:
            self._tally.counts["references_unresolved"] += 1
            self._tally.reject(offset, where, "remote reference not fetched", location.encode())
            return
        try:
            with self._fetch(location) as file:
                for ordinal, raw in enumerate(remote_groups(file)):
                    self._groups.add(group_id, ordinal, networks, raw, offset)
        except (OSError, MalformedError, msgspec.DecodeError) as error:
            self._tally.counts["references_unresolved"] += 1
            self._tally.reject(offset, where, f"remote reference can't be read: {error}", location.encode())


def text_or_number(value: Raw, offset: int, tally: Tally | None) -> str:
    """The text of an id: a number by the schemas, a text in some files."""
    content = bytes(value)
    if content[:1] != b'"':
        return content.decode()
    if tally is not None:
        tally.repaired("provider_group_id is not a number", offset)
    return msgspec.json.decode(content, type=str)


def remote_groups(file: BinaryIO) -> Iterator[Raw]:
    """The provider groups of a provider-reference file; raises ``MalformedError``."""
    stream = Stream(file.readinto)  # type: ignore[attr-defined]
    stream.begin()
    for key in stream.members():
        if key == "provider_groups":
            for part in stream.elements():
                if not isinstance(part, Span):
                    raise MalformedError("a provider group can't be read", part.offset)
                yield from _raws.decode(part.text)
