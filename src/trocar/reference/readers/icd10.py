"""ICD-10-CM: which diagnosis codes exist and are billable in a fiscal year, from the order files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.period import Period, fiscal_year
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.icd10_addenda import Addenda, code_rows, keys, read_addenda

# Order number 1-5, code 7-13, billable flag 15, short title 17-76, long title from 78 (icd10OrderFiles.pdf).
_ORDER = re.compile(r"(\d{5}) ([A-Z][0-9A-Z]{2,6}) *(?<=^.{13}) ([01]) .{60} (\S.*)")
_CODES = re.compile(r"([A-Z][0-9A-Z]{2,6}) +(?<=^.{8})(\S.*)")
_ADDENDA = re.compile(rb"\s*(Add|Delete|Revise from): +[01A-Z]|\s*(Headers|Codes)\r?\n +\d+ (headers|codes) in icd10cm")
_YEAR = re.compile(r"(20\d{2})\.txt$")
_UPDATE = re.compile(r"April-(20\d{2})\.txt$", re.IGNORECASE)
_NO_LINE_END = "no line end after the last row: the file may be cut off"


def _recognises(source: SourceFile) -> bool:
    return _kind(source) is not None


def _kind(source: SourceFile) -> str | None:
    """order, codes or addenda, by the first lines; None for another file."""
    if _ADDENDA.match(source.head):
        return "addenda"
    first_lines = source.head.decode("latin-1").splitlines()[:3]
    if any(_ORDER.fullmatch(line) for line in first_lines):
        return "order"
    # A code and a title is a looser shape: other texts begin a line so by chance, hardly three.
    if first_lines and all(_CODES.fullmatch(line) for line in first_lines):
        return "codes"
    return None


def _read(source: SourceFile) -> Reading:
    """Rows of the ``icd10`` table.

    An order file is loaded; a codes file (its billable codes again) and addenda (what they add or revise to) check
    the order file of their release. Addenda whose order file is not held make their year of the order file before:
    ``icd10_addenda.fiscal_year_from_addenda``. Raises ``ReferenceFileError`` on a damaged or unnamed file.
    """
    kind = _kind(source)
    if kind == "order":
        return _read_order(source)
    if kind == "codes":
        rows = _codes(source)
    elif kind == "addenda":
        rows = read_addenda(source).put
    else:
        raise refusal(source, "not an ICD-10-CM order, codes or addenda file")
    beside = _addenda_beside(source)
    release, period = _release(source, read_addenda(beside) if beside else None)
    return Reading("icd10", rows, release, period, check_only=True)


def _release(source: SourceFile, addenda: Addenda | None) -> tuple[str, Period]:
    """``icd10cm_order_2025.txt`` is fiscal year 2025; ``...-April-2025.txt`` its update from 1 April 2025.

    So is a file named by its year alone when the addenda beside it change codes within that very year.
    """
    name = PurePath(source.member or source.path.name).name
    if update := _UPDATE.search(name):
        return _april_update(int(update[1]))
    found = _YEAR.search(name)
    if found is None:
        remedy = "Keep the publisher's own file name, such as icd10cm_order_2026.txt."
        raise refusal(source, "the fiscal year is not in the file name", remedy=remedy)
    year = int(found[1])
    if addenda and addenda.within_year:
        return _april_update(year)
    return f"ICD10CM{year}", fiscal_year(year)


def _april_update(year: int) -> tuple[str, Period]:
    return f"ICD10CM{year}-04", Period(date(year, 4, 1), fiscal_year(year).last)


def _read_order(source: SourceFile) -> Reading:
    rows = _order(source)
    warnings = [] if source.content.endswith(b"\n") else [_NO_LINE_END]
    beside = _addenda_beside(source)
    addenda = read_addenda(beside) if beside else None
    release, period = _release(source, addenda)
    if beside and addenda:
        _check_totals(source, rows, {name: after for name, (_, after) in addenda.counts.items()})
        warnings += _contradictions(rows, addenda.put, addenda.taken, beside.name)
        if addenda.within_year:
            warnings.append(
                f"the file is the update of {period.first}: the code set of the months before is this one with "
                f"{beside.name} undone"
            )
    return Reading("icd10", rows, release, period, warnings=tuple(warnings))


def _order(source: SourceFile) -> pa.Table:
    codes, billable, titles, lines = [], [], [], []
    for line, text in enumerate(source.content.decode("latin-1").splitlines(), 1):
        row = _ORDER.fullmatch(text.rstrip())
        if row is None:
            raise refusal(source, "not a line of an order file (number, code, flag, titles): cut off or damaged", line)
        if int(row[1]) != line:
            raise refusal(source, f"order number {row[1]} where {line:05} belongs: lines are missing or moved", line)
        codes.append(row[2])
        billable.append(row[3] == "1")
        titles.append(row[4])
        lines.append(line)
    return code_rows(codes, billable, titles, lines)


def _codes(source: SourceFile) -> pa.Table:
    codes, titles, lines = [], [], []
    for line, text in enumerate(source.content.decode("latin-1").splitlines(), 1):
        row = _CODES.fullmatch(text.rstrip())
        if row is None:
            raise refusal(source, "not a line of a codes file (code and title): cut off or damaged", line)
        codes.append(row[1])
        titles.append(row[2])
        lines.append(line)
    return code_rows(codes, [True] * len(codes), titles, lines)


def _addenda_beside(source: SourceFile) -> SourceFile | None:
    """The order addenda in the same zip or folder, named as the file is (for the addenda: they themselves)."""
    own = source.member or source.path.name
    name = re.sub(r"(order|codes)([_-])(addenda[_-])?", r"order\2addenda\2", own)
    if source.member:
        with ZipFile(source.path) as archive:
            return SourceFile(source.path, name) if name in archive.namelist() else None
    path = source.path.with_name(name)
    beside = SourceFile(path)
    return beside if path.is_file() and _kind(beside) == "addenda" else None


def _check_totals(source: SourceFile, rows: pa.Table, stated: dict[str, int]) -> None:
    billable = pc.sum(rows["billable"]).as_py()
    for kind, found in (("codes", billable), ("headers", len(rows) - billable)):
        if kind in stated and found != stated[kind]:
            raise refusal(source, f"{found} {kind} where its addenda say {stated[kind]}: cut off or damaged")


def _contradictions(rows: pa.Table, put: pa.Table, taken: pa.Table, addenda: str) -> list[str]:
    """Adds that are absent and deletes that are present (a revised code is put again, so it isn't deleted)."""
    own, added = keys(rows), keys(put)
    absent = put.filter(pc.invert(pc.is_in(added, own)))["code"].to_pylist()
    gone = taken.filter(pc.invert(pc.is_in(keys(taken), added)))
    present = gone.filter(pc.is_in(keys(gone), own))["code"].to_pylist()
    found = (("adds codes that are not here", absent), ("deletes codes that are here", present))
    return [f"{addenda} {what}: {', '.join(codes[:5])}" for what, codes in found if codes]


READER = Reader("icd10", _recognises, _read)
