"""PPRRVU csv: headings, repairs, refusals, and spot facts of the publisher's own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trocar.core.errors import ReferenceFileError
from trocar.reference.readers import pprrvu, pprrvu_text
from trocar.reference.readers.base import Reading, SourceFile

A_ROW = {"hcpcs": "20001", "status": "A", "work": "1.25", "nf_pe": "2.50", "f_pe": "0.75", "mp": "0.10"}


def _row(reading: Reading, code: str, modifier: str = "") -> dict[str, Any]:
    return next(row for row in reading.rows.to_pylist() if (row["hcpcs"], row["modifier"]) == (code, modifier))


@pytest.mark.parametrize("pric_ind", [False, True])
def test_columns_are_found_by_heading(tmp_path: Path, write_schedule: Any, pric_ind: bool) -> None:
    """A PRIC IND column before ENDO BASE moves every later column and must change nothing."""
    row = {**A_ROW, "hcpcs": "20002", "opps_nf": "3.50", "opps_mp": "0.02"}
    reading = pprrvu.READER.read(SourceFile(write_schedule(tmp_path, row, cf="32.3465", pric_ind=pric_ind)))
    found = _row(reading, "20002")
    assert found["conversion_factor"] == 323465
    assert found["endoscopic_base"] == ""
    assert (found["work"], found["nonfacility_pe"], found["facility_pe"], found["malpractice"]) == (125, 250, 75, 10)
    assert (found["opps_nonfacility_pe"], found["opps_malpractice"]) == (350, 2)
    assert found["line"] == 7 + 13 + 1  # two titles and five heading rows, thirteen ranges, then this row
    assert reading.release == "RVU25D"
    assert str(reading.period) == "2025-10-01..2025-12-31"
    assert reading.published is not None
    assert reading.published.isoformat() == "2025-09-11"
    assert reading.warnings == ()


def test_lost_leading_zeros_are_put_back_with_a_warning(tmp_path: Path, write_schedule: Any) -> None:
    """100 is 00100 and global days 10 are 010; the warnings count them."""
    path = write_schedule(tmp_path, {"hcpcs": "100", "days": "0"}, {"hcpcs": "102", "days": "10"})
    reading = pprrvu.READER.read(SourceFile(path))
    assert _row(reading, "00100")["global_days"] == "000"
    assert _row(reading, "00102")["global_days"] == "010"
    assert "2 rows (100 is 00100, 102 is 00102)" in reading.warnings[0]
    assert "2 rows" in reading.warnings[1]


def test_an_ambiguous_repair_is_refused_by_name(tmp_path: Path, write_schedule: Any) -> None:
    """100 beside 00100 can't be told apart: the file is refused, naming the line."""
    path = write_schedule(tmp_path, {"hcpcs": "00100"}, {"hcpcs": "100"})
    with pytest.raises(ReferenceFileError, match=r"PPRRVU_TEST.csv line 22: '100' may be 00100"):
        pprrvu.READER.read(SourceFile(path))


def test_a_file_without_its_last_ranges_is_refused(tmp_path: Path, write_schedule: Any) -> None:
    """A file that stops before the G and V codes was cut short, even at the end of a line."""
    path = write_schedule(tmp_path, ranges=("00001", *(f"{first}0001" for first in range(1, 10)), "A0001"))
    with pytest.raises(ReferenceFileError, match="no code begins with 99, G, V: the file is cut short"):
        pprrvu.READER.read(SourceFile(path))


def test_half_a_file_is_refused_with_its_line(tmp_path: Path, write_schedule: Any) -> None:
    """A file cut in the middle of a line is refused, and a row of too few cells names its line."""
    path = write_schedule(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 30])
    with pytest.raises(ReferenceFileError, match=r"line 20: the last line has no end"):
        pprrvu.READER.read(SourceFile(path))
    path.write_bytes(whole[: len(whole) - 30] + b"\r\n")
    with pytest.raises(ReferenceFileError, match=r"line 20: the row has \d+ cells and the heading 31"):
        pprrvu.READER.read(SourceFile(path))


def test_a_code_twice_and_a_text_for_a_number_are_refused(tmp_path: Path, write_schedule: Any) -> None:
    """The same code and modifier twice, and a relative value that is none, name line and reason."""
    with pytest.raises(ReferenceFileError, match=r"line 22: 20001 stands twice \(first on line 21\)"):
        pprrvu.READER.read(SourceFile(write_schedule(tmp_path, A_ROW | {"hcpcs": "20001"}, A_ROW, ranges=_ranges())))
    with pytest.raises(ReferenceFileError, match="line 21: column WORK RVU: 'n/a' is not a number"):
        pprrvu.READER.read(SourceFile(write_schedule(tmp_path, {**A_ROW, "hcpcs": "20002", "work": "n/a"})))
    with pytest.raises(ReferenceFileError, match=r"column WORK RVU: '1\.255' has more decimals"):
        pprrvu.READER.read(SourceFile(write_schedule(tmp_path, {**A_ROW, "hcpcs": "20002", "work": "1.255"})))


def _ranges() -> tuple[str, ...]:
    return ("00001", *(f"{first}0009" for first in range(1, 9)), "99001", "A0001", "G0001", "V0001")


def test_a_missing_heading_is_refused_by_name(tmp_path: Path, write_schedule: Any) -> None:
    """Without its conversion factor column the file is refused, not read by position."""
    path = write_schedule(tmp_path)
    path.write_text(path.read_text("latin-1").replace("CONV", "OTHER"), "latin-1")
    with pytest.raises(ReferenceFileError, match="no column is headed CONV FACTOR"):
        pprrvu.READER.read(SourceFile(path))


def test_descriptions_are_read_only_when_asked(tmp_path: Path, write_schedule: Any) -> None:
    """The schedule table has no description column; they come from their own function."""
    source = SourceFile(write_schedule(tmp_path))
    assert "text" not in pprrvu.READER.read(source).rows.column_names
    assert pprrvu.descriptions(source)["text"].to_pylist()[0] == "own words"


@pytest.mark.full_data
@pytest.mark.parametrize(
    ("file", "release", "rows", "factor"),
    [
        # The conversion factors of MANIFEST.md; rows counted with wc -l less ten heading lines.
        ("rvu22a/PPRRVU22_JAN.csv", "RVU22A", 17600, 346062),
        ("rvu23d/PPRRVU23_OCT.csv", "RVU23D", 18168, 338872),
        ("rvu24a/PPRRVU24_JAN.csv", "RVU24A", 18499, 327442),
        ("rvu24ar/PPRRVU24_JAN_AR.csv", "RVU24AR", 18499, 332875),
        ("rvu25d/PPRRVU2025_Oct.csv", "RVU25D", 19090, 323465),
        ("rvu26c/PPRRVU2026_Jul_nonQPP.csv", "RVU26C", 19356, 334009),
    ],
)
def test_releases_of_the_publisher(cms_files: Path, file: str, release: str, rows: int, factor: int) -> None:
    """Release, row count and the one conversion factor of each file."""
    reading = pprrvu.READER.read(SourceFile(cms_files / file))
    assert (reading.release, reading.rows.num_rows) == (release, rows)
    assert set(reading.rows["conversion_factor"].to_pylist()) == {factor}


@pytest.mark.full_data
def test_the_two_conversion_factors_of_2024_share_the_first_quarter(cms_files: Path) -> None:
    """RVU24A ends on 8 March 2024 and RVU24AR begins on the 9th."""
    first = pprrvu.READER.read(SourceFile(cms_files / "rvu24a/PPRRVU24_JAN.csv"))
    second = pprrvu.READER.read(SourceFile(cms_files / "rvu24ar/PPRRVU24_JAN_AR.csv"))
    assert str(first.period) == "2024-01-01..2024-03-08"
    assert str(second.period) == "2024-03-09..2024-03-31"


@pytest.mark.full_data
def test_spot_facts_of_2025_and_2026(cms_files: Path) -> None:
    """Totals of the guidance codes as MANIFEST.md lists them; 77014 is gone in 2026."""
    october = pprrvu.READER.read(SourceFile(cms_files / "rvu25d/PPRRVU2025_Oct.csv"))
    july = pprrvu.READER.read(SourceFile(cms_files / "rvu26c/PPRRVU2026_Jul_nonQPP.csv"))
    row = _row(october, "77002")
    assert row["nonfacility_total"] == 341  # 0.54 + 2.83 + 0.04
    assert (row["line"], _row(october, "77002", "26")["line"]) == (8751, 8752)
    totals = {code: _row(july, code)["nonfacility_total"] for code in ("77002", "76942", "77012", "77021")}
    assert totals == {"77002": 363, "76942": 192, "77012": 368, "77021": 1278}
    assert "77014" in october.rows["hcpcs"].to_pylist()
    assert "77014" not in july.rows["hcpcs"].to_pylist()
    assert july.warnings == ("not a HCPCS code but a placeholder: GXXX1",)


@pytest.mark.full_data
@pytest.mark.parametrize(
    ("file", "codes", "days"),
    # Global days 0, 10 and 90: 1,366 + 471 + 3,767 rows of RVU25A and 1,268 + 469 + 3,784 of RVU20D.
    [("rvu25a/PPRRVU25_JAN.csv", 276, 5604), ("rvu20d/PPRRVU20_OCT.csv", 272, 5521)],
)
def test_files_a_spreadsheet_saved_are_repaired(cms_files: Path, file: str, codes: int, days: int) -> None:
    """The counts of repaired codes and global days are in the warnings, and no short code is left."""
    reading = pprrvu.READER.read(SourceFile(cms_files / file))
    assert f"in {codes} rows" in reading.warnings[0]
    assert f"in {days} rows" in reading.warnings[1]
    assert {len(code) for code in reading.rows["hcpcs"].to_pylist()} == {5}
    assert {"0", "10", "90"}.isdisjoint(reading.rows["global_days"].to_pylist())


@pytest.mark.full_data
def test_the_fixed_width_file_says_the_same_as_the_csv(cms_files: Path) -> None:
    """All 19,090 rows of RVU25D agree in every column but the line."""
    csv = pprrvu.READER.read(SourceFile(cms_files / "rvu25d/PPRRVU2025_Oct.csv"))
    source = SourceFile(cms_files / "rvu25d/PPRRVU2025_Oct.txt")
    assert pprrvu_text.READER.recognises(source)
    assert not pprrvu.READER.recognises(source)
    text = pprrvu_text.READER.read(source)
    assert text.rows.drop_columns(["line"]).equals(csv.rows.drop_columns(["line"]))


def test_a_cut_fixed_width_record_is_refused(tmp_path: Path) -> None:
    """A record shorter than its layout names its line."""
    path = tmp_path / "PPRRVU2025_Oct.txt"
    path.write_text("HDR CPT CODES AND OTHERS\n" + "00001" + " " * 60 + "\n")
    with pytest.raises(ReferenceFileError, match="line 2: the record has 65 of at least 171 characters"):
        pprrvu_text.READER.read(SourceFile(path))
