"""Small files in the publishers' own layouts, written by the tests: invented values, no publisher's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

# The stacked headings of a 31-column PPRRVU file, top to bottom per column.
_STACKED = [
    ("", "", "", "", "HCPCS"),
    ("", "", "", "", "MOD"),
    ("", "", "", "", "DESCRIPTION"),
    ("", "", "", "STATUS", "CODE"),
    ("", "NOT USED", "FOR", "MEDICARE ", "PAYMENT"),
    ("", "", "", "WORK", "RVU"),
    ("", "", "", "NON-FAC", "PE RVU"),
    ("", "", "NON-FAC", "NA", "INDICATOR"),
    ("", "", "", "FACILITY", "PE RVU"),
    ("", "", "FACILITY ", "NA", "INDICATOR"),
    ("", "", "", "MP", "RVU"),
    ("", "", "", "NON-FACILITY", "TOTAL"),
    ("", "", "", "FACILITY", "TOTAL"),
    ("", "", "", "PCTC", "IND"),
    ("", "", "", "GLOB", "DAYS"),
    ("", "", "", "PRE", "OP"),
    ("", "", "", "INTRA", "OP"),
    ("", "", "", "POST", "OP"),
    ("", "", "", "MULT", "PROC"),
    ("", "", "", "BILAT", "SURG"),
    ("", "", "", "ASST", "SURG"),
    ("", "", "", "CO-", "SURG"),
    ("", "", "", "TEAM", "SURG"),
    ("", "", "", "ENDO", "BASE"),
    ("", "", "", "CONV", "FACTOR"),
    ("", "PHYSICIAN", "SUPERVISION OF", "DIAGNOSTIC", "PROCEDURES"),
    ("", "", "", "CALCULATION", "FLAG"),
    ("", "DIAGNOSTIC", "IMAGING", "FAMILY", "INDICATOR"),
    ("NON-FACILITY", "PE USED", "FOR OPPS", "PAYMENT", "AMOUNT"),
    ("FACILITY", "PE USED", "FOR OPPS", "PAYMENT", "AMOUNT"),
    ("", "MP USED", "FOR OPPS", "PAYMENT", "AMOUNT"),
]
_PRIC_IND = ("", "", "", "PRIC", "IND")
_BASE_AT = 23
_EMPTY_ROW = [
    *("", "", "own words", "X", "", "0.00", "0.00", "", "0.00", "", "0.00", "0.00", "0.00", "9", "XXX"),
    *("0.00", "0.00", "0.00", "9", "9", "9", "9", "9", "", "32.0000", "09", "0", "99", "0.00", "0.00", "0.00"),
]
AT = {"hcpcs": 0, "mod": 1, "status": 3, "work": 5, "nf_pe": 6, "f_pe": 8, "mp": 10, "nf_total": 11, "f_total": 12}
AT |= {"days": 14, "cf": 24, "opps_nf": 28, "opps_f": 29, "opps_mp": 30}
# One code per range, so that the file is whole.
RANGES = ("00001", *(f"{first}0001" for first in range(1, 9)), "99001", "A0001", "G0001", "V0001")

ScheduleWriter = Callable[..., Path]
GpciWriter = Callable[..., Path]


def schedule_text(
    rows: Sequence[Mapping[str, str]], *, year: int, month: str, cf: str, pric_ind: bool, ranges: Sequence[str]
) -> str:
    """A whole PPRRVU csv: title, stacked headings, one row per range, and the rows given."""
    columns = [*_STACKED]
    if pric_ind:
        columns.insert(_BASE_AT, _PRIC_IND)
    title = f"{year} National Physician Fee Schedule Relative Value File {month} Release"
    lines = [f",,{title}" + "," * (len(columns) - 3), ",,RELEASED 09/11/2025" + "," * (len(columns) - 3)]
    lines += [",".join(column[level] for column in columns) for level in range(5)]
    for values in (*({"hcpcs": code} for code in ranges), *rows):
        cells = [*_EMPTY_ROW]
        cells[AT["cf"]] = cf
        for name, value in values.items():
            cells[AT[name]] = value
        if pric_ind:
            cells.insert(_BASE_AT, "9")
        lines.append(",".join(cells))
    return "\r\n".join(lines) + "\r\n"


@pytest.fixture
def write_schedule() -> ScheduleWriter:
    """Writes a PPRRVU csv into a folder and returns its path."""

    def write(
        folder: Path,
        *rows: Mapping[str, str],
        year: int = 2025,
        month: str = "October",
        cf: str = "32.0000",
        pric_ind: bool = False,
        ranges: Sequence[str] = RANGES,
        name: str = "PPRRVU_TEST.csv",
    ) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        text = schedule_text(rows, year=year, month=month, cf=cf, pric_ind=pric_ind, ranges=ranges)
        path.write_text(text, "latin-1", newline="")
        return path

    return write


@pytest.fixture
def write_gpci() -> GpciWriter:
    """Writes a GPCI csv; by default as many localities as the year has, all indices 1.000."""

    def write(
        folder: Path,
        *rows: str,
        year: int = 2025,
        work: str = "{year} PW GPCI (with 1.0 Floor)",
        filler: str = "1.000,1.000,1.000",
    ) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        count = 112 if year < 2024 else 109
        fillers = [
            f"{90000 + number},ZZ,{number % 100:02d},PLACE {number},{filler}" for number in range(count - len(rows))
        ]
        heading = "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,"
        heading += f"{work.format(year=year)},{year} PE GPCI,{year} MP GPCI"
        lines = [f"ADDENDUM E. FINAL CY {year} GPCIs,,,,,,", heading, *rows, *fillers]
        path = folder / f"GPCI{year}.csv"
        path.write_text("\r\n".join(lines) + "\r\n", "latin-1", newline="")
        return path

    return write
