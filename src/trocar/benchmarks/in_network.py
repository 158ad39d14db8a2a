"""In-network rate files of Transparency in Coverage, schemas 1.x and 2.x, in one pass."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw

from trocar.benchmarks.code_sets import AMONG_OTHERS, is_among_others
from trocar.benchmarks.groups import GroupColumns
from trocar.benchmarks.header import Header
from trocar.benchmarks.json_parts import Bad, Open, Span
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.mending import NULL, Fields, in_any_case
from trocar.benchmarks.prices import Prices
from trocar.benchmarks.provider_references import Fetch, ProviderReferences
from trocar.benchmarks.reading import read_to_the_end
from trocar.benchmarks.reference_records import ReferenceRecords
from trocar.benchmarks.tally import Tally
from trocar.benchmarks.writer import TableWriter

Elements = Iterator[Span | Open | Bad]
_ITEM = "in_network[]"
_KNOWN = {
    *("negotiation_arrangement", "name", "billing_code_type", "billing_code_type_version", "billing_code"),
    *("description", "severity_of_illness", "negotiated_rates", "bundled_codes", "covered_services"),
}
_RATES = "negotiated_rates"
# Columns of rates that in-network files have nothing for.
_NEVER = dict.fromkeys(("hospital_id", "hospital_name", "state", "count_low", "count_high"))
_raws = msgspec.json.Decoder(list[Raw])


def read_in_network(
    open_file: Callable[[], BinaryIO],
    codes: Collection[str] | None,
    known: Mapping[str, Any],
    writer: TableWriter,
    fetch: Fetch | None = None,
) -> dict[str, Any]:
    """Write the rates of one file; returns its row of ``files``, which is written too.

    ``codes``: those asked for, None for all. ``known``: what the caller knows of the file. ``fetch`` opens the
    locations of remote provider references; without it they are listed in ``rejects``.
    """
    tally = Tally(known, writer)
    groups = GroupColumns(tally)
    with open_file() as file, ReferenceRecords(tally) as references:
        stream = Stream(file.readinto)  # type: ignore[attr-defined]
        reader = InNetwork(stream, tally, codes, Prices(tally, groups, references.used))
        read_to_the_end(stream, file, tally, lambda key: reader.section(key, references))
        ProviderReferences(tally, groups, fetch).write_named(references)
    reader.header.settle()
    return write_file_row(tally, reader.header)


def write_file_row(tally: Tally, header: Header) -> dict[str, Any]:
    """Write the row of ``files`` of an in-network file that was read, and give it."""
    shape = tally.facts.pop("schema_shape", None) or ("1.x" if tally.counts["items"] else None)
    return tally.write_file({"kind": "in_network", "format": "json", "schema_shape": shape, **header.file_columns()})


class InNetwork:
    """What is held while a file, or a part of one, is read.

    ``cut`` takes the elements of a section and gives those that are to be read.
    """

    def __init__(
        self,
        stream: Stream,
        tally: Tally,
        codes: Collection[str] | None,
        prices: Prices,
        cut: Callable[[str, Elements], Elements] = lambda section, elements: elements,
    ) -> None:
        self.stream, self._tally, self._prices, self._cut = stream, tally, prices, cut
        self._codes = None if codes is None else frozenset(codes)
        self.header = Header(tally)

    def section(self, key: str, references: ReferenceRecords) -> None:
        """Read the value of one key of the file."""
        if key == "in_network":
            self._items(self._cut(key, self.stream.elements()))
        elif key == "provider_references":
            references.read(self._cut(key, self.stream.elements()))
        else:
            self.header.take(key, self.stream)

    def _items(self, parts: Elements) -> None:
        for part in parts:
            if isinstance(part, Bad):
                self._tally.reject(part.offset, _ITEM, part.reason, part.excerpt)
            elif isinstance(part, Open):
                self._tally.counts["items"] += 1
                self._large_item(part.offset)
            else:
                self._span(part)

    def _span(self, span: Span) -> None:
        self._tally.counts["items"] += len(span.heads)
        wanted = []
        for index, head in enumerate(span.heads):
            if not head.keys() <= _KNOWN or self._wants(head.get("billing_code")):
                wanted.append(index)
        if not wanted:
            return
        offsets = span.offsets()
        for index in wanted:
            members = in_any_case(span.heads[index], _KNOWN, _ITEM, offsets[index], self._tally)
            item = self._columns(members, offsets[index])
            if item:
                rates = members.get(_RATES)
                if rates is None or bytes(memoryview(rates)[:1]) != b"[":
                    self._tally.reject(offsets[index], f"{_ITEM}.{_RATES}", "a list is missing")
                    continue
                self._prices.add(memoryview(rates), item, 0)

    def _wants(self, published: Raw | None) -> bool:
        """Whether a code is asked for, or can't be judged by its text alone."""
        if self._codes is None or published is None:
            return True
        content = bytes(published)
        code = content[1:-1].decode("utf-8", "replace").upper()
        if content[:1] != b'"' or "\\" in code or code in self._codes:
            return True
        return is_among_others(code, self._codes)

    def _columns(self, head: Mapping[str, Raw], offset: int) -> dict[str, Any] | None:
        """The columns that all rows of an item share; None when it is not asked for, or can't be read."""
        if not self._wants(head.get("billing_code")):
            return None
        item = Fields(b"{}", _ITEM, offset, self._tally)
        item.hold({name: value for name, value in head.items() if name in _KNOWN and name != _RATES})
        try:
            code = (item.text("billing_code") or "").strip().upper()
            kind = (item.text("billing_code_type") or "").strip().upper()
            if self._codes is not None and code not in self._codes:
                # A drug's number is digits between hyphens.
                if not code or (kind != "NDC" and is_among_others(code, self._codes)):
                    reason = AMONG_OTHERS if code else "no billing_code"
                    self._tally.reject(offset, f"{_ITEM}.billing_code", reason, code.encode())
                return None
            if not code or not kind:
                self._tally.reject(offset, _ITEM, "no billing_code or no billing_code_type")
                return None
            self._tally.counts["items_wanted"] += 1
            return {
                "source_kind": "in_network",
                "file_id": self._tally.file_id,
                **self.header.rate_columns(),
                "code_type": kind,
                "code": code,
                "also_codes": self._codes_in(item, "bundled_codes") + self._codes_in(item, "covered_services"),
                "arrangement": (item.text("negotiation_arrangement") or "").strip().lower() or None,
                "offset": offset,
                **_NEVER,
            }
        except msgspec.DecodeError as error:
            self._tally.reject(offset, _ITEM, str(error))
            return None

    def _codes_in(self, item: Fields, name: str) -> list[dict[str, str | None]]:
        value = item.take(name)
        if value is None or bytes(value) == NULL:
            return []
        found = []
        for raw in _raws.decode(value):
            listed = item.within(raw, name)
            found.append({"code_type": listed.text("billing_code_type"), "code": listed.text("billing_code")})
        return found

    def _large_item(self, offset: int) -> None:
        """An item that does not fit into the buffer: its rates wait on disk until all the rest of it is known."""
        head: dict[str, Raw] = {}
        ordinal = 0
        with tempfile.TemporaryFile(prefix="trocar-rates-") as kept:
            for key in self.stream.members():
                if key.lower() != _RATES:
                    head[key] = Raw(self.stream.value())
                    continue
                if not self._wants(head.get("billing_code")):
                    self.stream.skip()
                    continue
                for part in self.stream.elements():
                    if isinstance(part, Span):
                        kept.write(b"," if kept.tell() else b"[")
                        kept.write(part.text[1:-1])
                    else:
                        reason = part.reason if isinstance(part, Bad) else "larger than one rate may be"
                        self._tally.reject(part.offset, f"{_ITEM}.{_RATES}[]", reason)
            item = self._columns(in_any_case(head, _KNOWN, _ITEM, offset, self._tally), offset)
            if item and kept.tell():
                kept.write(b"]")
                kept.seek(0)
                for part in Stream(kept.readinto).elements():
                    if isinstance(part, Span):
                        ordinal = self._prices.add(part.text, item, ordinal)
