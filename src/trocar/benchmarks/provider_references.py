"""Provider references that a rate names, read back and written as groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec
import numpy as np
from msgspec import Raw

from trocar.benchmarks.groups import Group, GroupColumns
from trocar.benchmarks.json_parts import MalformedError, Span
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.mending import NULL, canonical, text_of, texts
from trocar.benchmarks.reference_records import ReferenceRecords, UsedIds, text_or_number
from trocar.benchmarks.tally import Tally

Fetch = Callable[[str], BinaryIO]
_raws = msgspec.json.Decoder(list[Raw])
_members = msgspec.json.Decoder(dict[str, Raw])


class _Reference(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    provider_group_id: Raw
    provider_groups: list[Group]
    network_name: list[str] = []


_reference = msgspec.json.Decoder(_Reference)


class ProviderReferences:
    """Writes the groups of references. ``fetch`` opens those that stand elsewhere; without it they are rejects."""

    def __init__(self, tally: Tally, groups: GroupColumns, fetch: Fetch | None) -> None:
        self._tally, self._groups, self._fetch = tally, groups, fetch

    def write_named(self, records: ReferenceRecords) -> None:
        """Write the groups of every id that a rate names, in published order; count those that can't be had."""
        found = UsedIds()
        for text, offset in records.named():
            found.add((self._write(text, offset),))
        self._groups.flush()
        self._tally.counts["references_unresolved"] += len(np.setdiff1d(records.used.keys(), found.keys()))

    def _write(self, text: bytes, offset: int) -> str:
        """Write the groups of one reference; gives its id."""
        try:
            read = _reference.decode(text)
        except msgspec.DecodeError:
            members = _members.decode(text)
            return self._write_mended({name.lower(): value for name, value in members.items()}, offset)
        group_id = canonical(text_or_number(read.provider_group_id, offset, None))
        for ordinal, group in enumerate(read.provider_groups):
            self._groups.add_read(group_id, ordinal, read.network_name, group, offset)
        return group_id

    def _write_mended(self, reference: dict[str, Raw], offset: int) -> str:
        """The same for a reference that departs from the schema, or whose groups stand elsewhere."""
        group_id = canonical(text_or_number(reference["provider_group_id"], offset, None))
        try:
            networks = texts(reference.get("network_name"), "network_name", offset, self._tally)
            groups = reference.get("provider_groups")
            if groups is not None and bytes(groups) != NULL:
                for ordinal, raw in enumerate(_raws.decode(groups)):
                    self._groups.add(group_id, ordinal, networks, raw, offset)
            elif "location" in reference:
                location = text_of(reference["location"], "location", offset, self._tally)
                self._write_remote(group_id, networks, location, offset)
        except msgspec.DecodeError as error:
            self._tally.counts["references_unresolved"] += 1
            self._tally.reject(offset, f"provider_references[] {group_id}", str(error))
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
