"""A list of many hospitals' own prices (state, ccn, cpt, type, price), as researchers gather them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from trocar.benchmarks.hospital.csv_rows import rows
from trocar.benchmarks.writer import TableWriter
from trocar.claims.headings import column_letter
from trocar.core.errors import ClaimInputError

# The set of nathansutton/hospital-price-transparency; the last two say where a row came from.
_REQUIRED = ("state", "ccn", "cpt", "type", "price")
_KINDS = {"gross": "gross", "cash": "cash"}


def is_price_list(file: BinaryIO) -> bool:
    """Whether the file's first row is that of a price list."""
    first = file.read(200).partition(b"\n")[0].decode("utf-8", "replace").strip("\ufeff\r ")
    return set(_REQUIRED) <= {text.strip().lower() for text in first.split(",")}


class PriceList:
    """Reads one list."""

    def __init__(self, file: BinaryIO) -> None:
        self._rows = rows(file, lambda row: None)

    def write(self, codes: Collection[str] | None, known: Mapping[str, Any], writer: TableWriter) -> dict[str, Any]:
        """Write its rates, and its row of ``files``, which is returned. A row that can't be read is a reject."""
        asked = None if codes is None else frozenset(codes)
        _, headings = next(self._rows)
        at = {heading.strip().lower(): index for index, heading in enumerate(headings)}
        read = wanted = rates = rejects = number = 0
        broken: ClaimInputError | None = None
        try:
            for number, row in self._rows:
                if not row:
                    continue
                read += 1
                cells = {name: row[index].strip() if index < len(row) else "" for name, index in at.items()}
                code = cells["cpt"].upper()
                if asked is not None and code not in asked:
                    continue
                wanted += 1
                reason = _refusal(cells)
                if reason:
                    rejects += 1
                    where = f"{column_letter(at[reason[0]])}{number}"
                    reject = {"file_id": known["file_id"], "offset": number, "where": where, "reason": reason[1]}
                    writer.add("rejects", {**reject, "excerpt": cells[reason[0]][:200]})
                    continue
                rates += 1
                writer.add("rates", _rate(cells, code) | {"file_id": known["file_id"], "offset": number})
        except ClaimInputError as error:
            broken = error
        file = {
            **known,
            "kind": "hospital", "format": "csv-prices", "codes_asked": sorted(asked or ()), "items": read,
            "items_wanted": wanted, "rates": rates, "groups": 0, "rejects": rejects, "references": 0,
            "references_remote": 0, "references_unresolved": 0, "complete": broken is None,
            "stopped_at": None if broken is None else number,
            "stopped_because": None if broken is None else str(broken),
        }  # fmt: skip
        writer.add("files", file)
        return file


def _refusal(cells: Mapping[str, str]) -> tuple[str, str] | None:
    """The column and the reason why a row can't be read."""
    if not cells["ccn"]:
        return "ccn", "value-missing"
    if cells["type"].lower() not in _KINDS:
        return "type", "not-allowed"
    try:
        price = Decimal(cells["price"])
    except InvalidOperation:
        return "price", "not-a-number"
    return None if price.is_finite() and abs(price) < Decimal(10) ** 14 else ("price", "not-a-number")


def _rate(cells: Mapping[str, str], code: str) -> dict[str, Any]:
    source = f"{cells.get('source_path', '')} line {cells.get('source_line', '')}" if cells.get("source_path") else None
    return {
        "source_kind": "hospital", "hospital_id": cells["ccn"], "state": cells["state"].upper() or None,
        "code_type": "CPT" if code.isdigit() else "HCPCS", "code": code,
        "amount_kind": _KINDS[cells["type"].lower()], "arrangement": "ffs", "rate": Decimal(cells["price"]),
        "additional_information": source, "ordinal": 0,
    }  # fmt: skip
