"""Claim adjustment reason, remittance remark and group codes with their dates; X12's texts are not kept."""

from __future__ import annotations

import re
from datetime import date

import pyarrow as pa

from trocar.core.period import Period, quarter
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import refusal
from trocar.reference.readers.headed_csv import has_header, read_csv

_HEADINGS = {
    "code": "ADJ_CODE",
    "kind": "ADJ_TYPE",
    "first": "ADJ_START_DATE",
    "last": "ADJ_END_DATE",
}
_SCHEMA = pa.schema(
    {"code": pa.string(), "kind": pa.string(), "first": pa.date32(), "last": pa.date32(), "line": pa.int32()}
)
_CODES = {
    "CARC": re.compile(r"[A-Z]?[0-9]{1,3}"),
    "RARC": re.compile(r"[MN][A0-9]?[0-9]{1,3}"),
    "Group": re.compile(r"[A-Z]{2}"),
}


def _recognises(source: SourceFile) -> bool:
    return has_header(source, _HEADINGS)


def _read(source: SourceFile) -> Reading:
    """Rows of the ``reason_code`` table; raises ``ReferenceFileError`` on a damaged row or an undated file."""
    columns: dict[str, list[object]] = {name: [] for name in _SCHEMA.names}
    first_days = []
    for line, cells in read_csv(source, _HEADINGS):
        code, kind = cells["code"], cells["kind"]
        if kind not in _CODES or not _CODES[kind].fullmatch(code):
            raise refusal(source, f"{code!r} of kind {kind!r} is no CARC, RARC or group code", line)
        first, last = _day(cells["first"], source, line), _day(cells["last"], source, line)
        if first and last and last < first:
            raise refusal(source, f"{code} ends on {last} before it starts on {first}", line)
        if first:
            first_days.append(first)
        for name, value in zip(_SCHEMA.names, (code, kind, first, last, line), strict=True):
            columns[name].append(value)
    if not first_days:
        raise refusal(source, "no row has a start date")
    release, last_day = _edition(source)
    return Reading(
        table="reason_code",
        rows=pa.table(columns, schema=_SCHEMA),
        release=release,
        period=Period(min(first_days), last_day),
        dated=True,
        history=True,
    )


def _day(text: str, source: SourceFile, line: int) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise refusal(source, f"{text!r} is not a date (YYYY-MM-DD)", line) from error


def _edition(source: SourceFile) -> tuple[str, date]:
    """Release and last day known of: the month in the file's name, to its end."""
    found = re.search(r"(20\d{2})[-_](0[1-9]|1[0-2])(?!\d)", source.name)
    if not found:
        remedy = "Put the year and month of the list in the file name, such as carc_rarc_2024-06.csv."
        raise refusal(source, "the file name does not say which month the list is of", remedy=remedy)
    year, month = int(found[1]), int(found[2])
    following = date(year, month + 1, 1) if month < 12 else quarter(year + 1, 1).first
    return f"CARC{year}-{month:02}", date.fromordinal(following.toordinal() - 1)


READER = Reader("reason_codes", _recognises, _read)
