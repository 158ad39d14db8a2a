"""A hospital's items as rows of the tables of published rates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from trocar.benchmarks.code_sets import AMONG_OTHERS, is_among_others
from trocar.benchmarks.hospital.check import HospitalFile, open_hospital
from trocar.benchmarks.hospital.csv_file import CsvFile
from trocar.benchmarks.hospital.model import Charge, Hospital, PayerCharge
from trocar.benchmarks.hospital.price_list import PriceList, is_price_list
from trocar.benchmarks.hospital.values import count_bounds
from trocar.benchmarks.tables import AMOUNT
from trocar.benchmarks.writer import TableWriter
from trocar.core.errors import ClaimInputError, ReferenceFileError

# Types of code under which a code asked for may stand; a hospital's own numbers (CDM, LOCAL) may look the same.
PROCEDURE_TYPES = frozenset({"CPT", "HCPCS"})
_UNREADABLE = frozenset({"not-a-number", "not-a-date", "not-an-object", "not-a-list"})
_MOST = Decimal(10) ** (AMOUNT.precision - AMOUNT.scale)
_OWN = ("gross", "cash", "minimum", "maximum")
_PAID = ("estimated", "median", "p10", "p90")


def extract_hospital(
    open_file: Callable[[], BinaryIO], codes: Collection[str] | None, known: Mapping[str, Any], writer: TableWriter
) -> dict[str, Any]:
    """Write the rates of one file; returns its row of ``files``, which is written too.

    ``codes``: those asked for, None for all; an item with any of them is read, the others are counted. ``known``:
    what the caller knows of the file (``file_id``, ``sha256``, ``name``, ``location``, ``size``, ``compression``).
    Raises ``ReferenceFileError`` for what is no hospital's file.
    What can't be read goes to ``rejects``, other departures from the dictionary are counted in ``repairs``.
    """
    with open_file() as file:
        listed = is_price_list(file)
    if listed:
        with open_file() as file:
            return PriceList(file).write(codes, known, writer)
    with open_hospital(open_file) as reader:
        if isinstance(reader, CsvFile) and reader.columns.is_empty:
            raise ReferenceFileError(
                "it is none of the files that are read here: no heading of its third row is one of a hospital's file",
                where=str(known["location"]),
                remedy="Download it again; a hospital's CSV has its headings in row 3.",
            )
        return _extract(reader, codes, known, writer)


def _extract(
    reader: HospitalFile, codes: Collection[str] | None, known: Mapping[str, Any], writer: TableWriter
) -> dict[str, Any]:
    asked = None if codes is None else frozenset(codes)
    tally = _Tally(reader, known["file_id"], writer)
    previous: tuple[Any, ...] = ()
    stopped: ClaimInputError | None = None
    try:
        for offset, charge in reader.items(lambda held: asked is None or _has(asked, held)):
            # A tall file repeats the item's own prices in the row of each payer: they are one amount.
            own = (charge.description, charge.codes, charge.setting, charge.billing_class, charge.modifiers)
            own += tuple(getattr(charge, name) for name in _OWN)
            is_new = reader.hospital.layout != "csv-tall" or own != previous
            previous = own
            tally.add(offset, list(rates_of(charge, reader.hospital, asked, own_prices=is_new)))
            for kind, code in charge.codes:
                if asked is not None and kind in PROCEDURE_TYPES and is_among_others(code, asked):
                    tally.reject(charge.where("code"), AMONG_OTHERS, code)
    except ClaimInputError as error:
        stopped = error
    tally.settle()
    file = {**known, **_facts(reader.hospital), **tally.counts(), "codes_asked": sorted(asked or ())}
    file |= {"complete": stopped is None}
    if stopped is not None:
        file |= {"stopped_at": tally.offset, "stopped_because": str(stopped)}
    writer.add("files", file)
    return file


def _has(asked: frozenset[str], held: Sequence[str]) -> bool:
    """Whether an item has a code asked for, or one within a field that holds more."""
    return not asked.isdisjoint(held) or any(is_among_others(code, asked) for code in held)


def _facts(hospital: Hospital) -> dict[str, Any]:
    """What a file says of itself, as columns of ``files``."""
    return {
        "kind": "hospital",
        "format": hospital.layout,
        "schema_declared": hospital.declared or None,
        "schema_shape": f"{hospital.version}.x",
        "entity": hospital.name or None,
        "last_updated_on": hospital.last_updated_on,
        "hospital_id": hospital.id or None,
        "hospital_name": hospital.name or None,
        "state": hospital.state or None,
        "hospital_npis": list(hospital.npis),
        "attested": hospital.attested,
    }


class _Tally:
    """Writes rows and problems of a file, and counts them."""

    def __init__(self, reader: HospitalFile, file_id: str, writer: TableWriter) -> None:
        self._reader, self._file_id, self._writer = reader, file_id, writer
        self._rates = self._rejects = self._wanted = 0
        self._repairs: dict[str, list[int]] = {}
        self.offset = 0

    def add(self, offset: int, rows: list[dict[str, Any]]) -> None:
        """The rows of one item."""
        self._wanted += offset != self.offset
        self.offset = offset
        self._rates += len(rows)
        self._writer.extend("rates", [{**row, "file_id": self._file_id, "offset": offset} for row in rows])
        self.settle()

    def settle(self) -> None:
        """The problems met so far: what could not be read, and departures by kind."""
        for problem in self._reader.values.problems:
            if problem.kind in _UNREADABLE:
                self.reject(problem.where, problem.kind, problem.says[:200])
            self._repairs.setdefault(problem.kind, [0, self.offset])[0] += 1
        self._reader.values.problems.clear()

    def reject(self, where: str, reason: str, excerpt: str) -> None:
        """Something of the item that was not read."""
        self._rejects += 1
        reject = {"file_id": self._file_id, "offset": self.offset, "where": where}
        self._writer.add("rejects", {**reject, "reason": reason, "excerpt": excerpt})

    def counts(self) -> dict[str, Any]:
        """The counts as columns of ``files``."""
        return {
            "items": self._reader.items_read,
            "items_wanted": self._wanted,
            "rates": self._rates,
            "rejects": self._rejects,
            **dict.fromkeys(("groups", "references", "references_remote", "references_unresolved"), 0),
            "repairs": [
                {"what": kind, "count": count, "first_offset": first}
                for kind, (count, first) in sorted(self._repairs.items())
            ],
        }


def rates_of(
    charge: Charge, hospital: Hospital, asked: Collection[str] | None, *, own_prices: bool = True
) -> Iterator[dict[str, Any]]:
    """The rows of one item: each amount once for every code asked for, under one address (offset and ordinal)."""
    codes = [pair for pair in charge.codes if asked is None or (pair[1] in asked and pair[0] in PROCEDURE_TYPES)]
    amounts = [*_own(charge)] if own_prices else []
    amounts += [row for payer in charge.payers for row in _of_payer(payer)]
    for kind, code in codes:
        of_code = {
            "source_kind": "hospital",
            "hospital_id": hospital.id or None,
            "hospital_name": hospital.name or None,
            "state": hospital.state or None,
            "code_type": kind or "unknown",
            "code": code,
            "also_codes": [{"code_type": t, "code": c} for t, c in charge.codes if (t, c) != (kind, code)],
            "modifiers": list(charge.modifiers),
            "arrangement": "ffs",
            "billing_class": charge.billing_class or None,
            "setting": charge.setting or None,
        }
        for ordinal, amount in enumerate(amounts):
            yield {**of_code, **amount, "ordinal": ordinal}


def _own(charge: Charge) -> Iterator[dict[str, Any]]:
    for name in _OWN:
        amount = getattr(charge, name)
        if amount is not None:
            yield {"amount_kind": name, **_rate(amount)}


def _of_payer(payer: PayerCharge) -> Iterator[dict[str, Any]]:
    of_payer = {
        "payer": payer.payer or None,
        "plan_name": payer.plan or None,
        "negotiated_type": payer.methodology or None,
        "additional_information": payer.notes or None,
    }
    low, high = count_bounds(payer.count)
    counted = {**of_payer, "count_low": low, "count_high": high}
    if payer.dollar is not None:
        kind = "per_diem" if payer.methodology == "per diem" else "dollar"
        yield {**counted, "amount_kind": kind, **_rate(payer.dollar)}
    if payer.percent is not None:
        yield {**counted, "amount_kind": "percent", **_rate(payer.percent)}
    if payer.algorithm:
        yield {**counted, "amount_kind": "algorithm", "rate_text": payer.algorithm}
    for name in _PAID:
        amount = getattr(payer, name)
        if amount is not None:
            yield {**counted, "amount_kind": name, **_rate(amount)}


def _rate(amount: Decimal) -> dict[str, Any]:
    """The amount where it fits the column exactly, else its text."""
    exponent = amount.normalize().as_tuple().exponent
    fits = abs(amount) < _MOST and isinstance(exponent, int) and exponent >= -AMOUNT.scale
    return {"rate": amount} if fits else {"rate_text": str(amount)}
