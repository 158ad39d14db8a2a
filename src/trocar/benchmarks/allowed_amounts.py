"""Allowed-amounts files of Transparency in Coverage: what was paid out of network, by provider."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import InvalidOperation
from hashlib import blake2b
from typing import Any, BinaryIO

import msgspec
from msgspec import Raw

from trocar.benchmarks.groups import Group, GroupColumns, Tin
from trocar.benchmarks.header import Header
from trocar.benchmarks.json_parts import Bad, Open, Span
from trocar.benchmarks.json_stream import Stream
from trocar.benchmarks.mending import Fields
from trocar.benchmarks.prices import amount, entries, places
from trocar.benchmarks.reading import read_to_the_end
from trocar.benchmarks.tally import Tally
from trocar.benchmarks.writer import TableWriter

_ITEM = "out_of_network[]"
_raws = msgspec.json.Decoder(list[Raw])


def read_allowed_amounts(
    open_file: Callable[[], BinaryIO], codes: Collection[str] | None, known: Mapping[str, Any], writer: TableWriter
) -> dict[str, Any]:
    """Write the amounts of one file; returns its row of ``files``, which is written too.

    An allowed amount is one row, with the groups of all its providers; the charge that each of them billed is a row of
    its own of kind ``billed``, with the group of that provider.
    """
    tally = Tally(known, writer)
    groups = GroupColumns(tally)
    with open_file() as file:
        reader = _AllowedAmounts(Stream(file.readinto), tally, codes, groups)  # type: ignore[attr-defined]
        read_to_the_end(reader.stream, file, tally, reader.section)
    groups.flush()
    reader.header.settle()
    shape = tally.facts.pop("schema_shape", None) or ("1.x" if tally.counts["items"] else None)
    columns = {"kind": "allowed_amounts", "format": "json", "schema_shape": shape, **reader.header.file_columns()}
    return tally.write_file(columns)


class _AllowedAmounts:
    def __init__(self, stream: Stream, tally: Tally, codes: Collection[str] | None, groups: GroupColumns) -> None:
        self.stream, self._tally, self._groups = stream, tally, groups
        self._codes = None if codes is None else frozenset(codes)
        self.header = Header(tally)
        self._seen: set[str] = set()

    def section(self, key: str) -> None:
        """Read the value of one key of the file."""
        if key != "out_of_network":
            self.header.take(key, self.stream)
            return
        for part in self.stream.elements():
            if isinstance(part, Span):
                for offset, raw in part.elements():
                    self._item(raw, offset)
            elif isinstance(part, Bad):
                self._tally.reject(part.offset, _ITEM, part.reason, part.excerpt)
            elif isinstance(part, Open):
                self._tally.reject(part.offset, _ITEM, "larger than one item may be")

    def _item(self, raw: Raw, offset: int) -> None:
        self._tally.counts["items"] += 1
        item = Fields(raw, _ITEM, offset, self._tally)
        try:
            code = (item.text("billing_code") or "").strip().upper()
            kind = (item.text("billing_code_type") or "").strip().upper()
            if not code or not kind:
                self._tally.reject(offset, _ITEM, "no billing_code or no billing_code_type")
            elif self._codes is None or code in self._codes:
                self._tally.counts["items_wanted"] += 1
                shared = {"source_kind": "allowed_amounts", "file_id": self._tally.file_id, "offset": offset}
                shared |= {**self.header.rate_columns(), "code_type": kind, "code": code}
                amounts = self._listed(item, "allowed_amounts", _ITEM, offset)
                rows = [row for entry in amounts for row in self._amounts(entry, offset)]
                numbered = [{**shared, **row, "ordinal": ordinal} for ordinal, row in enumerate(rows)]
                self._tally.writer.extend("rates", numbered)
            for known in ("name", "description", "billing_code_type_version", "allowed_amounts"):
                item.take(known)
            item.end()
        except msgspec.DecodeError as error:
            self._tally.reject(offset, _ITEM, str(error), bytes(raw)[:400])

    def _listed(self, fields: Fields, name: str, where: str, offset: int) -> list[Raw]:
        """The entries of a list that has to be there."""
        value = fields.take(name)
        if value is None:
            self._tally.reject(offset, where, f"no {name}")
        return _raws.decode(value or b"[]")

    def _amounts(self, raw: Raw, offset: int) -> Iterator[dict[str, Any]]:
        """The rows of one TIN, place and class."""
        entry = Fields(raw, f"{_ITEM}.allowed_amounts[]", offset, self._tally)
        tin = entry.fields("tin")
        found = Tin(tin.text("type") or "", tin.text("value") or "", tin.text("business_name"))
        tin.end()
        setting = entry.text("setting")
        if setting:
            self._tally.facts["schema_shape"] = "2.x"
        shared = {
            "billing_class": (entry.text("billing_class") or "").lower() or None,
            "setting": (setting or "").lower() or None,
            "place_of_service": places(entry.texts("service_code"), offset, self._tally),
        }
        for payment in self._listed(entry, "payments", f"{_ITEM}.allowed_amounts[]", offset):
            yield from self._payment(payment, offset, shared, found)
        entry.end()

    def _payment(self, raw: Raw, offset: int, shared: dict[str, Any], tin: Tin) -> Iterator[dict[str, Any]]:
        path = f"{_ITEM}.allowed_amounts[].payments[]"
        payment = Fields(raw, path, offset, self._tally)
        modifiers = payment.texts("billing_code_modifier")
        shared = {**shared, "modifiers": entries(modifiers, "billing_code_modifier", offset, self._tally)}
        billed = []
        for entry in _raws.decode(payment.take("providers") or b"[]"):
            provider = Fields(entry, f"{path}.providers[]", offset, self._tally)
            group_id = self._group(tin, bytes(provider.take("npi") or b"[]"), offset)
            billed.append((group_id, provider.take("billed_charge")))
            provider.end()
        ids = list(dict.fromkeys(group_id for group_id, _ in billed))
        for kind, value, named in [
            ("allowed", payment.take("allowed_amount"), ids),
            *(("billed", charge, [group_id]) for group_id, charge in billed if charge is not None),
        ]:
            try:
                rate = amount(value or Raw(b"null"), offset, self._tally)
            except (InvalidOperation, msgspec.DecodeError):
                self._tally.reject(offset, path, f"the {kind} amount is no number", bytes(value or b""))
                continue
            yield {**shared, "amount_kind": kind, "provider_group_ids": named, **rate}
        payment.end()

    def _group(self, tin: Tin, npis: bytes, offset: int) -> str:
        """The id of one TIN with some NPIs; written once."""
        content = msgspec.json.encode([tin.type, tin.value, Raw(npis)])
        group_id = f"inline:{blake2b(content, digest_size=16).hexdigest()}"
        if group_id not in self._seen:
            self._seen.add(group_id)
            self._groups.add_read(group_id, 0, [], Group(Raw(npis), tin), offset)
        return group_id
