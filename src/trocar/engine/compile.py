"""Compile a reference store into the pack: sorted keys and plain integer columns, ready to be memory-mapped.

Codes become dense numbers (their rank among all HCPCS codes of the store); each table gets one int64 key per
row, sorted, with the release ordinal in its upper bits, so that a look-up is one binary search.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trocar.core.period import OPEN_END, day_number
from trocar.engine.in_force import Calendar
from trocar.engine.keys import CODE_BITS, COMPONENTS, NO_CODE, UNDATED, place_key, release_key
from trocar.reference.store import Store

PACK_FOLDER = "pack"
OPEN = day_number(OPEN_END)
SETTINGS = {"practitioner": "practitioner", "hospital": "hospital", "dme": "dme"}
_SCHEDULE_NUMBERS = (
    "work", "nonfacility_pe", "facility_pe", "malpractice", "preoperative", "intraoperative", "postoperative",
    "conversion_factor", "opps_nonfacility_pe", "opps_facility_pe", "opps_malpractice",
)  # fmt: skip
_SCHEDULE_FLAGS = ("not_used", "nonfacility_na", "facility_na")
_SCHEDULE_INDICATORS = (
    "status", "pctc", "multiple_procedure", "bilateral", "assistant", "co_surgeon", "team",
)  # fmt: skip
_HCPCS_COLUMNS = (
    ("schedule", "hcpcs"), ("schedule", "endoscopic_base"), ("ncci_ptp", "column_1"), ("ncci_ptp", "column_2"),
    ("mue", "hcpcs"), ("addon", "addon"), ("addon", "primary"), ("opps_status", "hcpcs"),
)  # fmt: skip

Column = NDArray[Any]


def compile_pack(store_path: Path, folder: Path | None = None) -> None:
    """Write the pack of the store at ``store_path`` into ``folder`` (its own ``pack`` folder, if not told)."""
    store = Store(store_path)
    folder = folder or store_path / PACK_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    codes = _all_codes(store)
    np.save(folder / "codes.npy", codes)
    for compile_table in (_schedule, _gpci, _zip, _addon, _opps, _icd10, _taxonomy):
        compile_table(store, folder, codes)
    for setting in SETTINGS:
        _ptp(store, folder, codes, setting)
        _mue(store, folder, codes, setting)


def _all_codes(store: Store) -> Column:
    seen: set[str] = set()
    for table, column in _HCPCS_COLUMNS:
        seen.update(value for value in pc.unique(store.table(table)[column]).to_pylist() if value)
    if len(seen) >= NO_CODE:
        raise OverflowError(f"{len(seen)} HCPCS codes do not fit {CODE_BITS} bits")
    return np.array(sorted(code.encode("ascii") for code in seen), dtype="S5")


def _save(folder: Path, table: str, rows: pa.Table, key: Column, columns: dict[str, Column]) -> None:
    """Write a table sorted by key, with the place of every row in its file."""
    order = np.argsort(key, kind="stable")
    np.save(folder / f"{table}.key.npy", key[order])
    place = {"file_id": _numbers(rows, "file_id", np.int16), "line": _numbers(rows, "line", np.int32)}
    for name, column in (columns | place).items():
        np.save(folder / f"{table}.{name}.npy", column[order])


def _rows(store: Store, table: str, setting: str | None = None) -> tuple[pa.Table, Column]:
    """The rows of a table (of one setting), each with the ordinal of its release in that table's calendar."""
    files = [f for f in store.catalog.of_table(table) if setting is None or f.setting == setting]
    calendar = Calendar.of(files)
    rows = store.table(table)
    ordinal_of_file = np.full(1 + max((f.file_id for f in store.catalog.files), default=0), -1, np.int64)
    for file_id, ordinal in calendar.ordinal_of_file.items():
        ordinal_of_file[file_id] = ordinal
    ordinals = ordinal_of_file[_numbers(rows, "file_id", np.int64)]
    if setting is not None:
        wanted = ordinals >= 0
        return rows.filter(pa.array(wanted)), ordinals[wanted]
    return rows, ordinals


def _numbers(rows: pa.Table, name: str, kind: Any, fill: int = 0) -> Column:
    column = rows[name]
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    values: Column = pc.fill_null(column, fill).to_numpy()
    return values.astype(kind)


def _texts(rows: pa.Table, name: str, width: int) -> Column:
    """A text column as fixed-width bytes, through its dictionary so that only distinct values are converted."""
    encoded = pc.fill_null(rows[name], "").combine_chunks().dictionary_encode()
    values = np.array([value.encode("ascii", "replace") for value in encoded.dictionary.to_pylist()], f"S{width}")
    if len(values) == 0:
        return np.empty(0, f"S{width}")
    taken: Column = values[encoded.indices.to_numpy()]
    return taken


def _codes(rows: pa.Table, name: str, codes: Column) -> Column:
    """A code column as code numbers; ``NO_CODE`` for an empty text."""
    encoded = pc.fill_null(rows[name], "").combine_chunks().dictionary_encode()
    values = np.array([value.encode("ascii") for value in encoded.dictionary.to_pylist()], "S5")
    if len(values) == 0:
        return np.empty(0, np.int64)
    numbers = np.where(values == b"", NO_CODE, np.searchsorted(codes, values))
    taken: Column = numbers[encoded.indices.to_numpy()].astype(np.int64)
    return taken


def _indicator(rows: pa.Table, name: str) -> Column:
    """A one-character indicator as its ASCII number, 0 when empty."""
    return _texts(rows, name, 1).view(np.uint8)


def _rationale(folder: Path, table: str, rows: pa.Table) -> Column:
    """The number of each row's rationale; the few texts are kept beside, for whoever shows a row."""
    encoded = pc.fill_null(rows["rationale"], "").combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    if len(texts) > np.iinfo(np.uint8).max:
        raise OverflowError(f"{len(texts)} rationales in {table} do not fit 8 bits")
    np.save(folder / f"{table}.rationales.npy", np.array(texts, np.str_))
    numbers: Column = encoded.indices.to_numpy().astype(np.uint8)
    return numbers


def _schedule(store: Store, folder: Path, codes: Column) -> None:
    rows, ordinals = _rows(store, "schedule")
    modifiers = _texts(rows, "modifier", 2)
    component = np.zeros(len(rows), np.int64)
    for number, text in enumerate(COMPONENTS):
        component[modifiers == text.encode()] = number
    columns: dict[str, Column] = {name: _numbers(rows, name, np.int32) for name in _SCHEDULE_NUMBERS}
    columns |= {name: _numbers(rows, name, np.bool_) for name in _SCHEDULE_FLAGS}
    columns |= {name: _indicator(rows, name) for name in _SCHEDULE_INDICATORS}
    columns["global_days"] = _texts(rows, "global_days", 3)
    columns["imaging_family"] = _texts(rows, "imaging_family", 2)
    columns["supervision"] = _texts(rows, "supervision", 2)
    columns["endoscopic_base"] = _codes(rows, "endoscopic_base", codes)
    numbers = _codes(rows, "hcpcs", codes)
    _save(folder, "schedule", rows, release_key(ordinals, numbers * len(COMPONENTS) + component), columns)


def _gpci(store: Store, folder: Path, codes: Column) -> None:
    rows, ordinals = _rows(store, "gpci")
    places = place_key(_texts(rows, "mac", 5), _texts(rows, "locality", 2))
    names = ("work", "work_without_floor", "practice_expense", "malpractice")
    columns = {name: _numbers(rows, name, np.int32, fill=-1) for name in names}
    _save(folder, "gpci", rows, release_key(ordinals, places), columns)


def _zip(store: Store, folder: Path, codes: Column) -> None:
    rows, ordinals = _rows(store, "zip_locality")
    columns: dict[str, Column] = {
        "place": place_key(_texts(rows, "mac", 5), _texts(rows, "locality", 2)),
        "plus_four": _numbers(rows, "plus_four", np.bool_),
    }
    zips = _texts(rows, "zip", 5).astype(np.int64) if len(rows) else np.empty(0, np.int64)
    _save(folder, "zip_locality", rows, release_key(ordinals, zips), columns)


def _addon(store: Store, folder: Path, codes: Column) -> None:
    rows, ordinals = _rows(store, "addon")
    last = np.minimum.reduce(
        [_numbers(rows, name, np.int32, fill=OPEN) for name in ("deletion", "addon_deletion", "primary_deletion")]
    )
    columns: dict[str, Column] = {
        "effective": _numbers(rows, "effective", np.int32, fill=UNDATED),
        "deletion": last,
        "edit_type": _numbers(rows, "edit_type", np.int8),
    }
    pair = (_codes(rows, "addon", codes) << CODE_BITS) | _codes(rows, "primary", codes)
    _save(folder, "addon", rows, release_key(ordinals, pair), columns)


def _opps(store: Store, folder: Path, codes: Column) -> None:
    rows, ordinals = _rows(store, "opps_status")
    columns: dict[str, Column] = {
        "status_indicator": _texts(rows, "status_indicator", 2),
        "apc": _texts(rows, "apc", 5),
        "payment_cents": _numbers(rows, "payment_cents", np.int64, fill=-1),
    }
    _save(folder, "opps_status", rows, release_key(ordinals, _codes(rows, "hcpcs", codes)), columns)


def _code_set(store: Store, folder: Path, table: str, column: str, width: int) -> tuple[pa.Table, Column, Column]:
    """Write the distinct codes of a yearly code set, sorted, and by release and code the file line (0 absent)."""
    rows, ordinals = _rows(store, table)
    texts = _texts(rows, column, width)
    distinct, position = np.unique(texts, return_inverse=True)
    lines = np.zeros((int(ordinals.max(initial=-1)) + 1, len(distinct)), np.int32)
    lines[ordinals, position] = _numbers(rows, "line", np.int32)
    files = np.zeros(lines.shape, np.int16)
    files[ordinals, position] = _numbers(rows, "file_id", np.int16)
    np.save(folder / f"{table}.files.npy", files)
    np.save(folder / f"{table}.codes.npy", distinct)
    np.save(folder / f"{table}.lines.npy", lines)
    return rows, ordinals, position


def _icd10(store: Store, folder: Path, codes: Column) -> None:
    rows, ordinals, position = _code_set(store, folder, "icd10", "code", 7)
    shape = (int(ordinals.max(initial=-1)) + 1, int(position.max(initial=-1)) + 1)
    billable = np.zeros(shape, np.bool_)
    billable[ordinals, position] = _numbers(rows, "billable", np.bool_)
    side = np.zeros(shape[1], np.uint8)
    side[position] = _indicator(rows, "side")
    np.save(folder / "icd10.billable.npy", billable)
    np.save(folder / "icd10.side.npy", side)


def _taxonomy(store: Store, folder: Path, codes: Column) -> None:
    _code_set(store, folder, "taxonomy", "code", 10)


def _ptp(store: Store, folder: Path, codes: Column, setting: str) -> None:
    rows, ordinals = _rows(store, "ncci_ptp", setting)
    columns: dict[str, Column] = {
        "effective": _numbers(rows, "effective", np.int32, fill=UNDATED),
        "deletion": _numbers(rows, "deletion", np.int32, fill=OPEN),
        "modifier_indicator": _numbers(rows, "modifier_indicator", np.int8),
        "rationale": _rationale(folder, f"ncci_ptp_{setting}", rows),
    }
    pair = (_codes(rows, "column_1", codes) << CODE_BITS) | _codes(rows, "column_2", codes)
    _save(folder, f"ncci_ptp_{setting}", rows, release_key(ordinals, pair), columns)


def _mue(store: Store, folder: Path, codes: Column, setting: str) -> None:
    rows, ordinals = _rows(store, "mue", setting)
    columns = {
        "value": _numbers(rows, "value", np.int32),
        "adjudication": _numbers(rows, "adjudication", np.int8),
        "rationale": _rationale(folder, f"mue_{setting}", rows),
    }
    _save(folder, f"mue_{setting}", rows, release_key(ordinals, _codes(rows, "hcpcs", codes)), columns)
