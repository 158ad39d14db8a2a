"""Tables of contents of Transparency in Coverage: which files hold the rates of which plans, many to many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw

from trocar.benchmarks.header import PLAN, Header
from trocar.benchmarks.json_parts import Bad, Open, Span
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.mending import NULL, Fields, in_any_case
from trocar.benchmarks.reading import read_to_the_end
from trocar.benchmarks.tally import Tally
from trocar.benchmarks.writer import TableWriter
from trocar.files.fetch import clean

_STRUCTURE = "reporting_structure[]"
_KEYS = {"reporting_plans", "in_network_files", "allowed_amount_file"}
_raws = msgspec.json.Decoder(list[Raw])


def read_index(
    open_file: Callable[[], BinaryIO],
    codes: Collection[str] | None,
    known: Mapping[str, Any],
    writer: TableWriter,
    listed: Callable[[str], None] = lambda location: None,
) -> dict[str, Any]:
    """Write the plans and the files of one index; returns its row of ``files``, which is written too.

    ``listed`` is called with every location as published, signature and all, as often as it is listed.
    """
    tally = Tally(known, writer)
    header = Header(tally)
    with open_file() as file:
        stream = Stream(file.readinto)  # type: ignore[attr-defined]
        index = _Index(stream, tally, listed)
        read_to_the_end(
            stream, file, tally, lambda key: index.read() if key == "reporting_structure" else header.take(key, stream)
        )
    shape = tally.facts.pop("schema_shape", None) or "1.x"
    return tally.write_file({"kind": "index", "format": "json", "schema_shape": shape, **header.file_columns()})


class _Index:
    def __init__(self, stream: Stream, tally: Tally, listed: Callable[[str], None]) -> None:
        self._stream, self._tally, self._listed = stream, tally, listed

    def read(self) -> None:
        """Read the structures that come next."""
        for part in self._stream.elements():
            if isinstance(part, Bad):
                self._tally.reject(part.offset, _STRUCTURE, part.reason, part.excerpt)
            elif isinstance(part, Open):
                self._tally.counts["items"] += 1
                self._large(part.offset)
            else:
                self._tally.counts["items"] += len(part.heads)
                for head, offset in zip(part.heads, part.offsets(), strict=True):
                    for key, value in in_any_case(head, _KEYS, _STRUCTURE, offset, self._tally).items():
                        self._take(key, _entries(value), offset)

    def _large(self, offset: int) -> None:
        for written in self._stream.members():
            (key,) = in_any_case({written: Raw(NULL)}, _KEYS, _STRUCTURE, offset, self._tally)
            if key == "allowed_amount_file":
                self._take(key, iter([Raw(self._stream.value())]), offset)
            elif key in _KEYS:
                self._take(key, self._streamed(key, offset), offset)

    def _streamed(self, key: str, offset: int) -> Iterator[Raw]:
        for part in self._stream.elements():
            if isinstance(part, Span):
                yield from (raw for _, raw in part.elements())
            else:
                self._tally.reject(offset, f"{_STRUCTURE}.{key}[]", "can't be read")

    def _take(self, key: str, entries: Iterator[Raw], offset: int) -> None:
        if key not in _KEYS:
            return
        for raw in entries:
            try:
                fields = Fields(raw, f"{_STRUCTURE}.{key}", offset, self._tally)
                if key == "reporting_plans":
                    self._plan(fields, offset)
                else:
                    self._file(fields, offset, "in_network" if key == "in_network_files" else "allowed_amounts")
                fields.end()
            except msgspec.DecodeError as error:
                self._tally.reject(offset, f"{_STRUCTURE}.{key}", str(error))

    def _plan(self, fields: Fields, offset: int) -> None:
        row = {name: fields.text(name) for name in (*PLAN, "issuer_name", "plan_sponsor_name")}
        if row["issuer_name"]:
            self._tally.facts["schema_shape"] = "2.x"
        self._tally.writer.add("plans", {"file_id": self._tally.file_id, "offset": offset, **row})

    def _file(self, fields: Fields, offset: int, kind: str) -> None:
        location, description = fields.text("location"), fields.text("description")
        if not location:
            self._tally.reject(offset, f"{_STRUCTURE}.{kind}", "no location")
            return
        row = {"file_id": self._tally.file_id, "offset": offset, "listed_kind": kind, "description": description}
        self._tally.writer.add("listed", {**row, "location": clean(location)})
        self._listed(location)


def _entries(value: Raw) -> Iterator[Raw]:
    if bytes(memoryview(value)[:1]) == b"[":
        yield from _raws.decode(value)
    elif bytes(value) != b"null":
        yield value
