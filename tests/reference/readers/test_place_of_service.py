"""The place of service reader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.place_of_service import READER
from trocar.reference.tables import TABLES


def write(folder: Path, text: str, name: str = "place_of_service_2025.csv") -> SourceFile:
    path = folder / name
    path.write_text(text, "utf-8")
    return SourceFile(path)


@pytest.mark.parametrize("header", ["place_of_service,rate", "POS,Facility/Nonfacility", "POS Code,F/NF", "Code,Rate"])
def test_rates_are_read_under_any_usual_heading(tmp_path: Path, header: str) -> None:
    """F and NF in words or letters become F and N; a lost leading zero of the code comes back."""
    source = write(tmp_path, f"A preamble,\n{header}\n22,F\n11,NF\n2,Facility\n81,Non-facility\n")
    assert READER.recognises(source)
    reading = READER.read(source)
    assert reading.rows.to_pylist() == [
        {"code": "22", "rate": "F", "line": 3},
        {"code": "11", "rate": "N", "line": 4},
        {"code": "02", "rate": "F", "line": 5},
        {"code": "81", "rate": "N", "line": 6},
    ]
    assert (reading.release, reading.period) == ("POS2025", Period(date(2025, 1, 1), date(2025, 12, 31)))
    assert {field.name: field.type for field in reading.rows.schema} == {
        field.name: field.type for field in TABLES["place_of_service"] if field.name != "file_id"
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("111,F", "'111' is not a place of service"),
        ("24,X", "'X' is neither facility"),
        ("22,F", "22 stands on line 2 already"),
        ("24", "1 cells and the heading 2"),
    ],
)
def test_a_damaged_row_refuses_the_file_by_line(tmp_path: Path, row: str, reason: str) -> None:
    """A false code or rate, a repeated code and a cut-off row are refused with their line."""
    with pytest.raises(ReferenceFileError) as refused:
        READER.read(write(tmp_path, f"POS,Rate\n22,F\n{row}\n"))
    assert refused.value.where == "place_of_service_2025.csv line 3"
    assert reason in refused.value.what


def test_a_foreign_or_undated_file_is_refused(tmp_path: Path) -> None:
    """Another header is not recognised; a name without a year is refused."""
    assert not READER.recognises(write(tmp_path, "POS,Name\n22,hospital\n"))
    with pytest.raises(ReferenceFileError, match="which year"):
        READER.read(write(tmp_path, "POS,Rate\n22,F\n", "pos.csv"))
