"""The add-on code edits reader."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.compute as pc
import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period
from trocar.reference.readers.aoc import READER
from trocar.reference.readers.base import SourceFile
from trocar.reference.tables import TABLES

HEADER = (
    "AOC_Edit_Type",
    "Add-On_Code",
    "AOC_DelDT",
    "Primary_Code",
    "Primary_Code_DelDT",
    "AOC_Edit_EffDT",
    "AOC_Edit_DelDT",
    "Special_Instruction_Notes",
)
GOOD = ("1", "77002", None, "20610", None, "2017001", None, None)
# DOMAIN B3: the 73 primaries of 77002 in 2024.
PRIMARIES_OF_77002 = set(
    re.findall(
        r"\d{5}",
        """
        10160 20206 20220 20225 20520 20525 20526 20550 20551 20552 20553 20555 20600 20605 20610 20612 20615 21116
        21550 23350 24220 25246 27093 27095 27369 27648 32400 32553 36002 38220 38221 38222 38505 38794 41019 42400
        42405 47000 47001 48102 49180 49411 50200 50390 51100 51101 51102 55700 55876 60100 62268 62269 64400 64405
        64408 64415 64416 64417 64418 64420 64421 64425 64430 64435 64445 64446 64447 64448 64450 64455 64505 64600
        64605
        """,
    )
)


def write(folder: Path, *rows: tuple[str | None, ...], name: str = "AOC_V2026Q2-MCR.xlsx") -> SourceFile:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("A notice of copyright",), *rows):
        sheet.append(row)
    path = folder / name
    book.save(path)
    return SourceFile(path)


def changed(**cells: str | None) -> tuple[str | None, ...]:
    return tuple(cells.get(heading.replace("-", "_"), cell) for heading, cell in zip(HEADER, GOOD, strict=True))


def test_an_edit_is_read_by_its_headings(tmp_path: Path) -> None:
    """Julian days become dates, and line is the row of the sheet, whatever the order of the columns."""
    contractor = changed(AOC_Edit_Type="2", Primary_Code="CCCCC", AOC_Edit_EffDT="2013091", AOC_Edit_DelDT="2016366")
    source = write(tmp_path, HEADER[::-1], GOOD[::-1], contractor[::-1])
    assert READER.recognises(source)
    reading = READER.read(source)
    first, second = reading.rows.to_pylist()
    assert (first["addon"], first["primary"], first["effective"], first["line"]) == (
        "77002",
        "20610",
        date(2017, 1, 1),
        3,
    )
    # Day 91 of 2013 is 31 + 28 + 31 + 1 = 1 April; day 366 of a leap year is 31 December.
    assert (second["effective"], second["deletion"]) == (date(2013, 4, 1), date(2016, 12, 31))
    assert (second["edit_type"], second["primary"]) == (2, "CCCCC")
    assert reading.release == "AOC2026Q2"
    assert reading.period == Period(date(2013, 4, 1), date(2026, 6, 30))
    assert (reading.dated, reading.history) == (True, True)


def test_the_schema_is_the_tables_without_the_file(tmp_path: Path) -> None:
    """The rows have the columns and types of the addon table, but for file_id."""
    rows = READER.read(write(tmp_path, HEADER, GOOD)).rows
    assert {field.name: field.type for field in rows.schema} == {
        field.name: field.type for field in TABLES["addon"] if field.name != "file_id"
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(AOC_Edit_EffDT="2017366"), "'2017366' is not a date"),  # 2017 has 365 days
        (changed(AOC_Edit_EffDT="2017000"), "'2017000' is not a date"),
        (changed(AOC_Edit_DelDT="20171231"), "'20171231' is not a date"),
        (changed(AOC_Edit_EffDT=None), "no effective date"),
        (changed(AOC_Edit_Type="4"), "type '4' is not 1, 2 or 3"),
        (changed(Primary_Code="2061"), "'2061' is not a HCPCS code"),
    ],
)
def test_a_damaged_row_refuses_the_file_by_row(tmp_path: Path, row: tuple[str | None, ...], reason: str) -> None:
    """A day that does not exist, a false type or code is refused with its sheet row."""
    with pytest.raises(ReferenceFileError) as refused:
        READER.read(write(tmp_path, HEADER, GOOD, row))
    assert refused.value.where == "AOC_V2026Q2-MCR.xlsx line 4"
    assert reason in refused.value.what


def test_a_cut_off_workbook_is_refused(tmp_path: Path) -> None:
    """A workbook that lost its end can't be opened, and the error says so."""
    whole = write(tmp_path, HEADER, GOOD)
    half = tmp_path / "half" / whole.path.name
    half.parent.mkdir()
    half.write_bytes(whole.content[: len(whole.content) // 2])
    with pytest.raises(ReferenceFileError, match="can't be opened"):
        READER.read(SourceFile(half))


def test_another_sheet_is_not_recognised(tmp_path: Path) -> None:
    """A workbook without the headings is not an add-on code file, and reading it is refused."""
    source = write(tmp_path, ("Code", "Something"), ("77002", "20610"))
    assert not READER.recognises(source)
    with pytest.raises(ReferenceFileError, match="below a header row"):
        READER.read(source)


@pytest.mark.full_data
def test_the_primaries_of_77002_in_2026q2(cms_files: Path) -> None:
    """The 73 primaries of 2024, less 55700, whose code and edit ended with 2025-12-31."""
    source = SourceFile(cms_files / "aoc/AOC_V2026Q2-MCR.xlsx")
    assert READER.recognises(source)
    reading = READER.read(source)
    assert len(reading.rows) == 9_000  # 9,002 rows of the sheet less notice and header
    edits = reading.rows.filter(pc.equal(reading.rows["addon"], "77002")).to_pylist()
    assert {edit["edit_type"] for edit in edits} == {1}
    ended = {edit["primary"]: edit["deletion"] for edit in edits if edit["deletion"]}
    assert ended == {
        "10022": date(2018, 12, 31),
        "27370": date(2018, 12, 31),
        "64508": date(2018, 12, 31),
        "32405": date(2020, 12, 31),
        "55700": date(2025, 12, 31),
    }
    in_force_2024 = {edit["primary"] for edit in edits if not edit["deletion"] or edit["deletion"] > date(2024, 7, 1)}
    assert len(PRIMARIES_OF_77002) == 73
    assert in_force_2024 == PRIMARIES_OF_77002
    in_force_2026 = {edit["primary"] for edit in edits if not edit["deletion"]}
    assert in_force_2026 == PRIMARIES_OF_77002 - {"55700"}
    assert reading.period == Period(date(2013, 4, 1), date(2026, 6, 30))


@pytest.mark.full_data
def test_contractor_defined_add_ons(cms_files: Path) -> None:
    """76937 and 77001 are type 2: their primaries are the contractor's to define."""
    rows = READER.read(SourceFile(cms_files / "aoc/AOC_V2026Q2-MCR.xlsx")).rows
    for addon in ("76937", "77001"):
        (edit,) = rows.filter(pc.equal(rows["addon"], addon)).to_pylist()
        assert (edit["edit_type"], edit["primary"]) == (2, "CCCCC")
        assert edit["instruction"] == "Contractor Defined Primary Codes"
