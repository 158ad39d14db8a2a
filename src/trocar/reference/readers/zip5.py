"""ZIP5 fixed width: the payment locality of each five-digit ZIP, by the layout printed in ZIP5lyout.txt."""

from __future__ import annotations

import re

import pyarrow as pa

from trocar.core.period import quarter
from trocar.reference.readers.base import Reader, Reading, SourceFile
from trocar.reference.readers.delimited import head_of, listed, refusal, text_of
from trocar.reference.tables import TABLES

# State 1-2, ZIP 3-7, carrier 8-12, locality 13-14, rural 15, plus-four flag 21, part B 23, year-quarter 76-80.
_RECORD = re.compile(
    r"(?P<state>[A-Z]{2})(?P<zip>\d{5})(?P<mac>\d{5})(?P<locality>\d{2})(?P<rural>[ RB]).{5}"
    r"(?P<plus_four>[01]) (?P<part_b>.).{52}(?P<year>20\d\d)(?P<quarter>[1-4])"
)


# The file runs by state, from AK to WY.
_LAST_STATES = ("AK", "NY", "WY")


def recognises(source: SourceFile) -> bool:
    """The first line is an 80-character ZIP5 record."""
    lines = head_of(source).splitlines()
    return bool(lines) and _RECORD.fullmatch(lines[0]) is not None


def read(source: SourceFile) -> Reading:
    """Rows of ``zip_locality``; release and period are the year and quarter every record ends with."""
    columns: dict[str, list[object]] = {name: [] for name in (*_RECORD.groupindex, "line")}
    for line, text in enumerate(text_of(source).splitlines(), start=1):
        if not text.strip(" \x1a"):
            continue
        record = _RECORD.fullmatch(text)
        if record is None:
            raise refusal(source, f"no ZIP5 record of 80 characters but one of {len(text)}: cut short?", line)
        for name, value in record.groupdict().items():
            columns[name].append(value)
        columns["line"].append(line)
    years, quarters = columns.pop("year"), columns.pop("quarter")
    if len(set(zip(years, quarters, strict=True))) != 1:
        raise refusal(source, "its records name several quarters")
    if missing := [state for state in _LAST_STATES if state not in columns["state"]]:
        raise refusal(source, f"no ZIP of {listed(missing)}: the file is cut short", len(columns["line"]))
    if len(set(columns["zip"])) != len(columns["zip"]):
        raise refusal(source, "a ZIP stands twice")
    columns["rural"] = [str(mark).strip() for mark in columns["rural"]]
    columns["plus_four"] = [flag == "1" for flag in columns["plus_four"]]
    year, number = str(years[0]), str(quarters[0])
    schema = TABLES["zip_locality"].remove(TABLES["zip_locality"].get_field_index("file_id"))
    return Reading(
        "zip_locality",
        pa.table(columns, schema=schema),
        f"ZIP{year}Q{number}",
        quarter(int(year), int(number)),
    )


READER = Reader("zip5", recognises, read)
