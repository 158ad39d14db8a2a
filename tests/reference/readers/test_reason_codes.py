"""The adjustment reason and remark codes reader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.reason_codes import READER
from trocar.reference.tables import TABLES

TEXT = (
    "adj_code,adj_type,adj_description,adj_usage,adj_notes,adj_start_date,adj_last_modified,adj_end_date\n"
    "CO,Group,a text,,,,,\n"
    '107,CARC,"a text, quoted",,,1995-01-01,2020-03-01,\n'
    "17,CARC,a text,,,1995-01-01,,2009-07-01\n"
    "N895,RARC,a text,,,2024-03-01,,\n"
)


def write(folder: Path, text: str, name: str = "carc_rarc_2024-06.csv") -> SourceFile:
    path = folder / name
    path.write_text(text, "utf-8")
    return SourceFile(path)


def test_codes_and_dates_are_kept_and_texts_are_not(tmp_path: Path) -> None:
    """Rows are code, kind, first and last day and line: X12's texts stay in the file."""
    source = write(tmp_path, TEXT)
    assert READER.recognises(source)
    reading = READER.read(source)
    assert reading.rows.to_pylist() == [
        {"code": "CO", "kind": "Group", "first": None, "last": None, "line": 2},
        {"code": "107", "kind": "CARC", "first": date(1995, 1, 1), "last": None, "line": 3},
        {"code": "17", "kind": "CARC", "first": date(1995, 1, 1), "last": date(2009, 7, 1), "line": 4},
        {"code": "N895", "kind": "RARC", "first": date(2024, 3, 1), "last": None, "line": 5},
    ]
    assert {field.name: field.type for field in reading.rows.schema} == {
        field.name: field.type for field in TABLES["reason_code"] if field.name != "file_id"
    }
    assert (reading.release, reading.dated, reading.history) == ("CARC2024-06", True, True)
    assert reading.period == Period(date(1995, 1, 1), date(2024, 6, 30))


def test_the_month_of_the_list_ends_its_period(tmp_path: Path) -> None:
    """A list of December is known to the last day of the year."""
    reading = READER.read(write(tmp_path, TEXT, "carc_rarc_2024-12.csv"))
    assert reading.period.last == date(2024, 12, 31)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("16,CARC,a,,,1995-02-30,,", "'1995-02-30' is not a date"),
        ("16,CARC,a,,,1995-01-01,,1994-12-31", "ends on 1994-12-31 before it starts"),
        ("16,CARD,a,,,1995-01-01,,", "no CARC, RARC or group code"),
        ("16,CARC,a", "3 cells and the heading 8"),
    ],
)
def test_a_damaged_row_refuses_the_file_by_line(tmp_path: Path, row: str, reason: str) -> None:
    """A false date, an end before its start, an unknown kind and a cut-off row are refused with their line."""
    with pytest.raises(ReferenceFileError) as refused:
        READER.read(write(tmp_path, TEXT + row + "\n"))
    assert refused.value.where == "carc_rarc_2024-06.csv line 6"
    assert reason in refused.value.what


def test_a_foreign_or_undated_file_is_refused(tmp_path: Path) -> None:
    """Another header is not recognised; a name without year and month is refused."""
    assert not READER.recognises(write(tmp_path, TEXT.replace("adj_type", "type")))
    with pytest.raises(ReferenceFileError, match="which month"):
        READER.read(write(tmp_path, TEXT, "carc.csv"))


@pytest.mark.full_data
def test_the_list_of_mid_2024(cms_files: Path) -> None:
    """405 reason, 1,171 remark and 5 group codes: 1,581 rows (csv records by kind)."""
    source = SourceFile(cms_files / "carc_rarc/DERIVED_carc_rarc_2024-06.csv")
    assert READER.recognises(source)
    reading = READER.read(source)
    kinds = {item["values"]: item["counts"] for item in pc.value_counts(reading.rows["kind"]).to_pylist()}
    assert kinds == {"Group": 5, "CARC": 405, "RARC": 1_171}
    (related,) = reading.rows.filter(pc.equal(reading.rows["code"], "107")).to_pylist()
    assert (related["kind"], related["line"], related["last"]) == ("CARC", 113, None)
    assert reading.period == Period(date(1995, 1, 1), date(2024, 6, 30))
