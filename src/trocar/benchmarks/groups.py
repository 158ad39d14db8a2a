"""Provider groups: one TIN with its NPIs each, many at a time as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Raw

from trocar.benchmarks.mending import Fields, texts
from trocar.benchmarks.tables import GROUPS
from trocar.benchmarks.tally import Tally

BYTES_AT_ONCE = 4 << 20
_ENTRY = 11  # ten digits of an NPI and a comma
_ZEROS, _SIX, _HIGH = (np.uint64(byte * 0x0101010101010101) for byte in (0x30, 0x06, 0xF0))
_JOINS = [
    (np.uint64(power), np.uint64(shift), np.uint64(mask))
    for power, shift, mask in ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10000, 32, 0xFFFFFFFF))
]


class Tin(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    type: str
    value: str
    business_name: str | None = None


class Group(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    npi: Raw
    tin: Tin


_group = msgspec.json.Decoder(Group)
_numbers = msgspec.json.Decoder(list[int])


class GroupColumns:
    """Collects groups and writes them to the table ``groups`` in pieces of bounded size."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._rows: list[tuple[str, int, str | None, str | None, str | None, list[str], int]] = []
        self._npis: list[bytes] = []
        self._bytes = 0

    def add(self, group_id: str, ordinal: int, networks: list[str], raw: Raw, offset: int) -> None:
        """One group, as published; one that is no object is rejected."""
        try:
            group: Group | None = _group.decode(raw)
        except msgspec.DecodeError:
            group = self._mended(raw, offset)
        if group is not None:
            self.add_read(group_id, ordinal, networks, group, offset)

    def add_read(self, group_id: str, ordinal: int, networks: list[str], group: Group, offset: int) -> None:
        """One group that is as the schema has it."""
        npis, tin = bytes(group.npi), group.tin
        self._rows.append((group_id, ordinal, tin.type, tin.value, tin.business_name, networks, offset))
        self._npis.append(npis)
        self._bytes += len(npis) + 100
        if self._bytes > BYTES_AT_ONCE:
            self.flush()

    def _mended(self, raw: Raw, offset: int) -> Group | None:
        try:
            group = Fields(raw, "provider_groups[]", offset, self._tally)
            listed = bytes(group.take("npi") or b"[]")
            tin = group.fields("tin")
            found = Tin(tin.text("type") or "", tin.text("value") or "", tin.text("business_name"))
            tin.end()
            group.end()
        except (msgspec.DecodeError, ValueError) as error:
            self._tally.reject(offset, "provider_groups[]", f"no provider group: {error}", bytes(raw)[:400])
            return None
        return Group(Raw(listed), found)

    def flush(self) -> None:
        """Write what was collected."""
        rows, npis = self._rows, self._npis
        self._rows, self._npis, self._bytes = [], [], 0
        if not rows:
            return
        ids, ordinals, types, tins, names, networks, offsets = zip(*rows, strict=True)
        columns: dict[str, Any] = {
            "file_id": pa.array([self._tally.file_id] * len(rows)),
            "provider_group_id": ids,
            "ordinal": ordinals,
            "tin_type": types,
            "tin": tins,
            "business_name": names,
            "network_names": networks,
            "npis": matrix_of_npis(npis) or self._npis_one_by_one(npis, offsets),
            "offset": offsets,
        }
        arrays = [_array(columns[field.name], field.type) for field in GROUPS]
        self._tally.writer.add_table("groups", pa.Table.from_arrays(arrays, schema=GROUPS))

    def _npis_one_by_one(self, published: Sequence[bytes], offsets: Sequence[int]) -> pa.Array:
        """Lists of NPIs however they are written; an entry that is no number is counted and left out."""
        lists = []
        for entry, offset in zip(published, offsets, strict=True):
            try:
                lists.append(_numbers.decode(entry))
            except msgspec.DecodeError:
                lists.append(self._mended_npis(entry, offset))
        return pa.array(lists, pa.list_(pa.int64()))

    def _mended_npis(self, entry: bytes, offset: int) -> list[int]:
        try:
            found = texts(entry, "npi", offset, self._tally)
        except msgspec.DecodeError as error:
            self._tally.reject(offset, "provider_groups[].npi", str(error), entry[:400])
            return []
        numbers = [text.strip() for text in found]
        for number in numbers:
            if not (number.isascii() and number.isdigit()):
                self._tally.reject(offset, "provider_groups[].npi", "no number", number.encode())
        return [int(number) for number in numbers if number.isascii() and number.isdigit()]


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)


def matrix_of_npis(published: Sequence[bytes]) -> pa.Array | None:
    """JSON lists of NPIs as one Arrow array of lists, if all are ten-digit numbers without spaces; else None.

    The text is a matrix of eleven bytes a row then, and eight digits at once become a number by three
    multiplications: neighbours are joined to pairs, pairs to fours, fours to eight digits.
    """
    text = b",".join([entry[1:-1] for entry in published]) + b","
    lengths = np.fromiter((len(entry) - 1 for entry in published), np.int64, len(published))
    if (lengths % _ENTRY).any() or not lengths.all():
        return None
    rows = np.frombuffer(text, np.uint8).reshape(-1, _ENTRY)
    ends = rows[:, 8:10] - 48
    eight = np.ndarray(len(rows), "<u8", text, strides=(_ENTRY,)) ^ _ZEROS
    digits = ((eight + _SIX) | eight) & _HIGH  # a byte above nine has one of its high bits set, by itself or with six
    if digits.any() or (ends > 9).any() or (rows[:, 10] != 44).any() or (rows[:, 0] == 48).any():
        return None
    for power, shift, mask in _JOINS:
        eight = (eight * power + (eight >> shift)) & mask
    npis = eight.astype(np.int64) * 100 + ends[:, 0] * np.int64(10) + ends[:, 1]
    return _lists(lengths // _ENTRY, npis)


def _lists(counts: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values, pa.int64()))
