"""A byte range of a plain in-network file, read as if it were a file of its own.

A range holds the elements of ``in_network`` and ``provider_references`` that begin in it. Where its first one begins is
*proposed* by looking for a key that such elements begin with; it is *proved* by the range before, which reads on to the
first element behind its own end and must arrive at the same place (``pieces.proved``). The range that begins the file
needs no proof, so the chain holds for all. From the first element on the rest of the file is a whole document once the
head of its section stands before it: nothing else than the reader of whole files reads it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw

from trocar.benchmarks.in_network import Elements, InNetwork
from trocar.benchmarks.inline_groups import InlineGroups
from trocar.benchmarks.json_parts import Bad, MalformedError, Open, Span
from trocar.benchmarks.json_stream import CHUNK, LIMIT, ReadInto, Stream
from trocar.benchmarks.prices import Prices
from trocar.benchmarks.reading import root_key
from trocar.benchmarks.reference_records import ReferenceRecords
from trocar.benchmarks.tally import Tally, Told
from trocar.benchmarks.writer import written_folder

# The section of elements that begin with a key; empty: other objects begin with it as well.
_SECTIONS = dict.fromkeys(
    ("negotiation_arrangement", "negotiated_rates", "covered_services", "bundled_codes", "severity_of_illness"),
    "in_network",
) | {
    "provider_group_id": "provider_references",
    "network_name": "provider_references",
    **dict.fromkeys(("name", "description", "billing_code", "billing_code_type", "billing_code_type_version"), ""),
    **dict.fromkeys(("provider_groups", "location"), ""),
}
_BEGINS = re.compile(rb'\{[ \t\r\n]*"(%b)"[ \t\r\n]*:' % "|".join(_SECTIONS).encode())
_LONGEST_BEGIN = 4096
_members = msgspec.json.Decoder(dict[str, Raw])


class Place(msgspec.Struct, frozen=True):
    """Where an element begins, of which section; no section: the beginning of the file."""

    section: str
    offset: int


BEGIN = Place("", 0)


class Range(msgspec.Struct, frozen=True):
    """Bytes of a file, from ``begin`` to before ``until``."""

    number: int
    begin: int
    until: int


class Piece(msgspec.Struct):
    """What was read of a range. ``start`` is None where nothing seems to begin, ``end`` where the file ends.

    ``end`` is the first element behind the range. ``keys``: those of the root, in order. The tables are in ``folder``.
    ``problem``: why what was read does not count, such as a damaged element: only a whole reading says what it costs.
    """

    range: Range
    start: Place | None
    folder: str = ""
    end: Place | None = None
    problem: str = ""
    keys: list[str] = []
    header: dict[str, str | None] = {}
    told: Told | None = None


class _EndedError(Exception):
    """The next element belongs to another range."""

    def __init__(self, place: Place) -> None:
        self.place = place


class RangeStream(Stream):
    """The rest of a file from a place on; nothing damaged is stepped over."""

    def __init__(self, file: BinaryIO, place: Place, chunk: int = CHUNK, limit: int = LIMIT) -> None:
        head = f'{{"{place.section}":['.encode() if place.section else b""
        file.seek(place.offset)
        super().__init__(_after(head, file.readinto), chunk, limit, place.offset - len(head))  # type: ignore[attr-defined]

    def elements(self) -> Iterator[Span | Open | Bad]:
        """The elements of the array that comes next; raises ``MalformedError`` for one that can't be read."""
        for part in super().elements():
            if isinstance(part, Bad):
                raise MalformedError(part.reason, part.offset)
            yield part


def _after(head: bytes, read_into: ReadInto) -> ReadInto:
    """Reads some bytes, and then from a file."""
    left = memoryview(head)

    def read(view: memoryview) -> int:
        nonlocal left
        if not left:
            return read_into(view)
        size = min(len(left), len(view))
        view[:size], left = left[:size], left[size:]
        return size

    return read


def ranges_of(size: int, largest: int) -> list[Range]:
    """A file of some size in ranges of about one length, none above ``largest``."""
    count = -(-size // largest)
    ends = [size * number // count for number in range(count + 1)]
    return [Range(number, ends[number], ends[number + 1]) for number in range(count)]


def read_range(
    path: Path,
    asked: Range,
    codes: Collection[str] | None,
    known: Mapping[str, Any],
    folder: Path,
    at: Place | None = None,
) -> Piece:
    """Read a range into a folder below the one given; ``at``: where its first element begins, else it is proposed."""
    with path.open("rb", buffering=0) as file:
        start = at or proposed(path, file, asked)
        if start is None:
            return Piece(asked, None)
        name = f"{asked.number}{'-again' if at else ''}"
        piece = Piece(asked, start, str(folder / name))
        try:
            with written_folder(folder, name) as writer:
                _read(file, piece, codes, Tally(known, writer))
        except MalformedError as error:
            piece.problem = str(error)
    return piece


def _read(file: BinaryIO, piece: Piece, codes: Collection[str] | None, tally: Tally) -> None:
    assert piece.start
    stream = RangeStream(file, piece.start)
    folder, until = tally.writer.folder, piece.range.until
    with ReferenceRecords(tally, published=file) as references, InlineGroups(folder) as inline:
        prices = Prices(tally, inline, references.used)
        reader = InNetwork(stream, tally, codes, prices, lambda section, parts: _own(section, parts, until))
        try:
            stream.begin()
            for key in stream.members():
                piece.keys.append(key)
                reader.section(root_key(key, stream.offset, tally), references)
            if stream.peek():
                raise MalformedError("something follows the end of the JSON text", stream.offset)
            tally.facts["uncompressed_size"] = stream.offset
        except _EndedError as ended:
            piece.end = ended.place
        references.save(folder)
    piece.header, piece.told = dict(reader.header.texts), tally.told()


def _own(section: str, parts: Elements, until: int) -> Elements:
    """The elements that begin before a byte; raises ``_EndedError`` at the first one behind."""
    for part in parts:
        if part.offset >= until:
            raise _EndedError(Place(section, part.offset))
        if isinstance(part, Span) and part.offset + len(part.text) > until:
            offsets = part.offsets()
            own = bisect_left(offsets, until)
            if own < len(offsets):
                yield part.before(own, offsets[own])
                raise _EndedError(Place(section, offsets[own]))
        yield part


def proposed(path: Path, file: BinaryIO, asked: Range) -> Place | None:
    """Where the first element of a section seems to begin in a range."""
    if asked.begin == 0:
        return BEGIN
    at, kept = asked.begin, b""
    file.seek(at)
    while at < asked.until and (read := file.read(CHUNK)):
        text = kept + read
        for found in _BEGINS.finditer(text):
            offset = at - len(kept) + found.start()
            if offset >= asked.until:
                return None
            section = _SECTIONS[found.group(1).decode()] or _section_of(path, offset)
            if section:
                return Place(section, offset)
        at += len(read)
        kept = text[-_LONGEST_BEGIN:]
    return None


def _section_of(path: Path, offset: int) -> str:
    """The section of the object at a byte, by its keys; empty when it is of none, or too large."""
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        try:
            members = _members.decode(Stream(file.readinto, 1 << 16).value())
        except (MalformedError, msgspec.DecodeError):
            return ""
    if "negotiated_rates" in members:
        return "in_network"
    return "provider_references" if "provider_group_id" in members else ""
