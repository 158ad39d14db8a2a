"""GPCI, LOCCO, ZIP5 and ANES: the files by payment locality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trocar.core.errors import ReferenceFileError
from trocar.reference.readers import anes, gpci, locco, zip5
from trocar.reference.readers.base import SourceFile


def test_a_gpci_file_with_one_work_column_has_no_unfloored_index(tmp_path: Path, write_gpci: Any) -> None:
    """The one column is the floored one, as its heading says; the other stays unknown."""
    path = write_gpci(tmp_path, "2102,AK,1,ALASKA*,1.5,1.081,0.592")
    row = gpci.READER.read(SourceFile(path)).rows.to_pylist()[0]
    assert (row["mac"], row["locality"], row["name"]) == ("02102", "01", "ALASKA")
    assert (row["work"], row["work_without_floor"], row["practice_expense"]) == (1500, None, 1081)


def test_two_work_columns_are_told_apart_by_heading(tmp_path: Path, write_gpci: Any) -> None:
    """With and without the floor, in either order."""
    heads = ("{year} PW GPCI (without 1.0 Floor),{year} PW GPCI (with 1.0 Floor)", "0.988,1.000")
    for work, values in (heads, tuple(",".join(reversed(text.split(","))) for text in heads)):
        path = write_gpci(tmp_path, f"10112,AL,00,ALABAMA,{values},0.875,0.566", work=work, filler="1,1,1,1")
        row = gpci.READER.read(SourceFile(path)).rows.to_pylist()[0]
        assert (row["work"], row["work_without_floor"]) == (1000, 988)


def test_a_work_column_without_a_floor_heading_is_refused(tmp_path: Path, write_gpci: Any) -> None:
    """An index is never taken for the floored one unless its heading says so."""
    path = write_gpci(tmp_path, work="{year} PW GPCI")
    with pytest.raises(ReferenceFileError, match=r"no work index is headed 'with 1\.0 Floor'"):
        gpci.READER.read(SourceFile(path))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("10112,AL,00,ALABAMA,0.990,1.000,1.000", r"a floored work index is below 1\.0 \(ALABAMA\)"),
        ("02102,AK,01,ALASKA,1.000,1.000,1.000", r"Alaska's work index is below its 1\.5 floor"),
        ("03602,WY,21,WYOMING,1.000,0.990,1.000", r"frontier state's practice expense index is below 1\.0 \(WY\)"),
        ("90000,UT,00,UTAH,1.000,0.990,1.000", r"stands for several places \(90000/00 for UT and ZZ\)"),
    ],
)
def test_indices_that_break_the_law_are_refused(tmp_path: Path, write_gpci: Any, row: str, reason: str) -> None:
    """Floors in statute, and one place per locality."""
    with pytest.raises(ReferenceFileError, match=reason):
        gpci.READER.read(SourceFile(write_gpci(tmp_path, row)))


def test_a_gpci_file_cut_at_a_line_is_refused_by_its_count(tmp_path: Path, write_gpci: Any) -> None:
    """108 localities for 2025 are one too few."""
    path = write_gpci(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(ReferenceFileError, match="it has 108 localities and 2025 has 109"):
        gpci.READER.read(SourceFile(path))


@pytest.mark.full_data
def test_the_fabricated_file_is_refused_with_its_reasons(cms_files: Path) -> None:
    """98 localities, and two of them stand for two states each (its lines 29 and 45, 79 and 87)."""
    path = cms_files / "rejected/FABRICATED_prestigesf_GPCI2026.csv"
    with pytest.raises(ReferenceFileError) as caught:
        gpci.READER.read(SourceFile(path))
    assert "it has 98 localities and 2026 has 109" in str(caught.value)
    assert "05102/00 for CT and IA, 03502/00 for SD and UT" in str(caught.value)


@pytest.mark.full_data
def test_gpci_2026_has_both_work_indices(cms_files: Path) -> None:
    """47 of 109 localities differ between the two columns, Alabama (0.988 and 1.0) among them."""
    rows = gpci.READER.read(SourceFile(cms_files / "rvu26c/GPCI2026.csv")).rows.to_pylist()
    assert len(rows) == 109
    assert sum(row["work"] != row["work_without_floor"] for row in rows) == 47
    assert (rows[0]["work_without_floor"], rows[0]["work"]) == (988, 1000)


@pytest.mark.full_data
def test_locco_gets_its_zeros_and_its_states_back(cms_files: Path) -> None:
    """2102/1 is 02102/01; a locality below its state's first carries the state."""
    reading = locco.READER.read(SourceFile(cms_files / "rvu25d/25LOCCO.csv"))
    by_line = {row["line"]: row for row in reading.rows.to_pylist()}
    assert (by_line[7]["mac"], by_line[7]["locality"], by_line[7]["state"]) == ("02102", "01", "ALASKA")
    assert (by_line[14]["state"], by_line[14]["locality"]) == ("CALIFORNIA", "52")
    assert "leading zeros put back" in reading.warnings[0]


def test_a_zip5_record_is_read_by_its_layout(tmp_path: Path) -> None:
    """Columns as ZIP5lyout.txt numbers them; the quarter is the file's own."""
    path = tmp_path / "zips.txt"
    filler = " " * 52
    records = [
        f"AK995010210201 Z9   0 A{filler}20254",
        f"NY100011320201BZ9B  1 A{filler}20254",
        f"WY834140360221RZ9B  0 A{filler}20254",
    ]
    path.write_text("\n".join(records) + "\n")
    assert zip5.READER.recognises(SourceFile(path))
    reading = zip5.READER.read(SourceFile(path))
    assert (reading.release, str(reading.period)) == ("ZIP2025Q4", "2025-10-01..2025-12-31")
    rows = reading.rows.to_pylist()
    assert [row["rural"] for row in rows] == ["", "B", "R"]
    assert [row["plus_four"] for row in rows] == [False, True, False]
    assert (rows[1]["zip"], rows[1]["mac"], rows[1]["locality"], rows[1]["line"]) == ("10001", "13202", "01", 2)
    path.write_text("\n".join(records)[:-3] + "\n")
    with pytest.raises(ReferenceFileError, match="line 3: no ZIP5 record of 80 characters but one of 77"):
        zip5.READER.read(SourceFile(path))
    path.write_text("\n".join(records[:2]) + "\n")
    with pytest.raises(ReferenceFileError, match="no ZIP of WY: the file is cut short"):
        zip5.READER.read(SourceFile(path))


@pytest.mark.full_data
def test_zip5_of_the_publisher(cms_files: Path) -> None:
    """42,956 ZIPs in October 2025."""
    reading = zip5.READER.read(SourceFile(cms_files / "zip_locality/ZIP5_OCT2025.txt"))
    assert reading.rows.num_rows == 42956


def test_anesthesia_factors_are_rounded_to_the_cent_with_a_warning(tmp_path: Path) -> None:
    """29.810000000000002 is 29.81; contractors get their zero back."""
    path = tmp_path / "ANES2022.csv"
    path.write_text(
        "Contractor,Locality,Locality Name,2022 Anesthesia Conversion Factor\n"
        "10112,00,ALABAMA,21.07\n2102,01,ALASKA,29.810000000000002\n,,,\n"
    )
    reading = anes.READER.read(SourceFile(path))
    assert [(row["mac"], row["conversion_factor"]) for row in reading.rows.to_pylist()] == [
        ("10112", 2107),
        ("02102", 2981),
    ]
    assert "1 factors have more than two decimals" in reading.warnings[0]
    assert "leading zeros of the contractor put back in 1 rows (2102)" in reading.warnings[1]
