"""The medically unlikely edits reader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period, quarter
from trocar.reference.readers.base import Reading, SourceFile
from trocar.reference.readers.mue import READER
from trocar.reference.tables import TABLES

# CMS's own layout: a notice over several lines in one quoted cell, then headings that run over two.
PUBLISHED = (
    '"A notice of copyright,\nwith a second line",,,\r\n'
    '"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n'
    "77002,1,3 Date of Service Edit: Clinical,CMS Policy\r\n"
    "64483,1,2 Date of Service Edit: Policy,CMS Policy\r\n"
    "95937,4,1 Line Edit,Nature of Service/Procedure\r\n"
)
NAME = "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
REPACKED = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\n77002,1,3,CMS Policy,Practitioner\n"


def write(folder: Path, text: str, name: str = NAME) -> SourceFile:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return SourceFile(path)


def edit(reading: Reading, hcpcs: str) -> tuple[object, ...]:
    (row,) = reading.rows.filter(pc.equal(reading.rows["hcpcs"], hcpcs)).to_pylist()
    return row["value"], row["adjudication"], row["line"]


def test_the_publishers_layout_is_read(tmp_path: Path) -> None:
    """Preamble, two-line headings and MAI texts such as '3 Date of Service Edit: Clinical' are understood."""
    source = write(tmp_path, PUBLISHED)
    assert READER.recognises(source)
    reading = READER.read(source)
    assert (reading.release, reading.setting, reading.period) == ("MUE2024Q3", "practitioner", quarter(2024, 3))
    assert reading.rows["adjudication"].to_pylist() == [3, 2, 1]
    assert edit(reading, "77002") == (1, 3, 5)  # two lines of notice, two of heading


def test_the_setting_is_in_the_heading(tmp_path: Path) -> None:
    """The outpatient and DME files say their setting in the heading of the values."""
    for heading, setting in (("Outpatient Hospital", "hospital"), ("DME Supplier", "dme")):
        text = PUBLISHED.replace("Practitioner Services", f"{heading} Services")
        assert READER.read(write(tmp_path, text, "MUE_Eff_07-01-2024.csv")).setting == setting


def test_the_schema_is_the_tables_without_the_file(tmp_path: Path) -> None:
    """The rows have the columns and types of the mue table, but for file_id."""
    rows = READER.read(write(tmp_path, PUBLISHED)).rows
    assert {field.name: field.type for field in rows.schema} == {
        field.name: field.type for field in TABLES["mue"] if field.name != "file_id"
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("76942,1,3", "3 cells and the heading 5"),
        ("76942,one,3,CMS Policy,Practitioner", "'one' is not a whole number"),
        ("76942,1,4,CMS Policy,Practitioner", "'4' is not 1, 2 or 3"),
        ("769,1,3,CMS Policy,Practitioner", "'769' is not a HCPCS code"),
        ("77002,1,3,CMS Policy,Practitioner", "77002 stands on line 2 already"),
        ("76942,1,3,CMS Policy,DME Supplier", "more than one setting"),
    ],
)
def test_a_damaged_row_refuses_the_file_by_line(tmp_path: Path, row: str, reason: str) -> None:
    """A cut-off row, a false value, code or indicator, a repeated code and mixed settings are refused."""
    with pytest.raises(ReferenceFileError) as refused:
        READER.read(write(tmp_path, REPACKED + row + "\n"))
    assert refused.value.where == f"{NAME} line 3"
    assert reason in refused.value.what


def test_another_header_is_not_recognised(tmp_path: Path) -> None:
    """A csv without an adjudication indicator is no MUE file."""
    source = write(tmp_path, REPACKED.replace("mue_mai", "other"))
    assert not READER.recognises(source)
    with pytest.raises(ReferenceFileError, match="no header row"):
        READER.read(source)


def test_a_file_without_a_year_or_a_setting_is_refused(tmp_path: Path) -> None:
    """Neither the quarter nor the setting is ever guessed."""
    with pytest.raises(ReferenceFileError, match="quarter"):
        READER.read(write(tmp_path, REPACKED, "mue.csv"))
    with pytest.raises(ReferenceFileError, match="setting"):
        READER.read(write(tmp_path, "hcpcs,mue,mai,rationale\n77002,1,3,CMS Policy\n", "mue_2024q3.csv"))


@pytest.mark.full_data
@pytest.mark.parametrize(
    ("name", "setting", "rows"),
    [("prac", "practitioner", 14_677), ("out", "hospital", 14_628), ("dme", "dme", 2_928)],
)
def test_the_files_of_2024q3(cms_files: Path, name: str, setting: str, rows: int) -> None:
    """Rows are the lines of the file (wc -l) less the heading."""
    reading = READER.read(SourceFile(cms_files / f"mue/DERIVED_mue_2024Q3_{name}.csv"))
    assert (reading.setting, len(reading.rows), reading.release) == (setting, rows, "MUE2024Q3")
    if name == "prac":
        # grep -n '^77002,' and so on: value/MAI as DOMAIN B2 lists them
        assert edit(reading, "77002") == (1, 3, 7108)
        assert edit(reading, "76937") == (2, 3, 7086)
        assert edit(reading, "64483") == (1, 2, 6154)


@pytest.mark.full_data
def test_a_file_that_says_its_year_alone(cms_files: Path) -> None:
    """The 2026 practitioner file is taken for the first two quarters, and says that this is not stated."""
    reading = READER.read(SourceFile(cms_files / "mue/DERIVED_mue_practitioner_2026.csv"))
    assert reading.period == Period(date(2026, 1, 1), date(2026, 6, 30))
    assert reading.warnings == ("quarter not stated: Q1 or Q2 of 2026",)
    assert (len(reading.rows), reading.setting) == (15_095, "practitioner")
    assert edit(reading, "77002") == (1, 3, 7351)
