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
_TENS = 10 ** np.arange(9, -1, -1, dtype=np.int64)
_NUMBERS = b"0123456789, \t\r\n"
_ENTRY = 11  # ten digits of an NPI and a comma


class _Tin(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    type: str
    value: str
    business_name: str | None = None


class _Group(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    npi: Raw
    tin: _Tin


_group = msgspec.json.Decoder(_Group)
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
            group = _group.decode(raw)
            npis, tin = bytes(group.npi), group.tin
            plain = npis.translate(None, _NUMBERS) == b"[]"
        except msgspec.DecodeError:
            plain = False
        if not plain:
            mended = self._mended(raw, offset)
            if mended is None:
                return
            npis, tin = mended
        self._rows.append((group_id, ordinal, tin.type, tin.value, tin.business_name, networks, offset))
        self._npis.append(npis)
        self._bytes += len(npis) + 100
        if self._bytes > BYTES_AT_ONCE:
            self.flush()

    def _mended(self, raw: Raw, offset: int) -> tuple[bytes, _Tin] | None:
        try:
            group = Fields(raw, "provider_groups[]", offset, self._tally)
            listed = self._npis_of(group.take("npi"), offset)
            tin = group.fields("tin")
            found = _Tin(tin.text("type") or "", tin.text("value") or "", tin.text("business_name"))
            tin.end()
            group.end()
        except (msgspec.DecodeError, ValueError) as error:
            self._tally.reject(offset, "provider_groups[]", f"no provider group: {error}", bytes(raw)[:400])
            return None
        return listed, found

    def _npis_of(self, value: Raw | None, offset: int) -> bytes:
        """A list of NPIs as JSON, whether they were published as numbers, as texts, or as one of them alone."""
        try:
            _numbers.decode(value or b"[]")
        except msgspec.DecodeError:
            numbers = texts(value, "npi", offset, self._tally)
            self._tally.repaired("npi is not a number", offset)
            return msgspec.json.encode([int(number) for number in numbers])
        return bytes(value or b"[]")

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
            "npis": npi_lists(npis),
            "offset": offsets,
        }
        arrays = [_array(columns[field.name], field.type) for field in GROUPS]
        self._tally.writer.add_table("groups", pa.Table.from_arrays(arrays, schema=GROUPS))


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)


def npi_lists(published: Sequence[bytes]) -> pa.Array:
    """JSON lists of NPIs as one Arrow array of lists of int64; raises ``msgspec.DecodeError`` for what is no number.

    Lists of ten-digit numbers without spaces, the usual case, are read as one matrix of digits.
    """
    text = b",".join([entry[1:-1] for entry in published]) + b","
    lengths = np.fromiter((len(entry) - 1 for entry in published), np.int64, len(published))
    if len(text) % _ENTRY == 0 and not (lengths % _ENTRY).any():
        matrix = np.frombuffer(text, np.uint8).reshape(-1, _ENTRY)
        digits = matrix[:, :10] - 48
        if (matrix[:, 10] == 44).all() and (digits <= 9).all() and digits[:, 0].all():
            return _lists(lengths // _ENTRY, digits.astype(np.int64) @ _TENS)
    decoded = [_numbers.decode(entry) for entry in published]
    counts = np.fromiter(map(len, decoded), np.int64, len(decoded))
    return _lists(counts, np.fromiter((npi for npis in decoded for npi in npis), np.int64, int(counts.sum())))


def _lists(counts: np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> pa.Array:
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(values, pa.int64()))
