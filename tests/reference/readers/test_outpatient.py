"""OPPSCAP and Addendum B."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from trocar.core.errors import ReferenceFileError
from trocar.reference.discover import discover
from trocar.reference.readers import addendum_b, oppscap
from trocar.reference.readers.base import SourceFile

_HEAD = "HCPCS,MOD,PROCSTAT,CARRIER,LOCALITY,FACILITY PRICE,NON-FACILTY PRICE\r\n"


def _caps(folder: Path, *rows: str) -> SourceFile:
    path = folder / "OPPSCAP_TEST.csv"
    path.write_text(_HEAD + "".join(f"{row}\r\n" for row in rows), newline="")
    return SourceFile(path)


def test_southern_california_moves_to_its_contractor_and_duplicates_go(tmp_path: Path) -> None:
    """01112/17 becomes 01182/17, whose equal copy is dropped; other localities of 01112 stay."""
    reading = oppscap.READER.read(
        _caps(
            tmp_path, "70001,TC,A,01112,17,1.50,2.50", "70001,TC,A,01182,17,1.50,2.50", "70001,TC,A,01112,05,3.00,4.00"
        )
    )
    rows = [(row["mac"], row["locality"], row["facility_cents"], row["line"]) for row in reading.rows.to_pylist()]
    assert rows == [("01182", "17", 150, 2), ("01112", "05", 300, 4)]
    assert "1 rows of southern California" in reading.warnings[0]
    assert reading.warnings[1] == "1 rows that repeat another exactly dropped"


def test_copies_that_differ_are_warned_about(tmp_path: Path) -> None:
    """The same code and locality with two amounts: the later is left out, named with its line."""
    reading = oppscap.READER.read(_caps(tmp_path, "70001,TC,A,01112,17,1.50,2.50", "70001,TC,A,01182,17,1.51,2.50"))
    assert reading.rows.num_rows == 1
    assert "70001 in 01182/17 on line 3" in reading.warnings[-1]


def test_a_file_cut_between_localities_is_refused(tmp_path: Path) -> None:
    """The last code must have as many localities as the others."""
    rows = ["70001,,A,01112,05,1.00,1.00", "70001,,A,10112,00,1.00,1.00", "70002,,A,01112,05,1.00,1.00"]
    with pytest.raises(ReferenceFileError, match="70002 has 1 localities and other codes 2: the file is cut short"):
        oppscap.READER.read(_caps(tmp_path, *rows))


def test_addendum_b_is_named_by_its_month(tmp_path: Path) -> None:
    """October is the fourth quarter; a file that lost its month is refused."""
    text = (
        "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\n"
        'G0001,own words,S,5571,2.6902,"$3,239.880"\nV0001,own words,N,,, \n'
    )
    path = tmp_path / "Addendum_B_2025Oct.csv"
    path.write_text(text)
    reading = addendum_b.READER.read(SourceFile(path))
    assert (reading.release, str(reading.period)) == ("OPPS2025Q4", "2025-10-01..2025-12-31")
    first, second = reading.rows.to_pylist()
    assert (first["status_indicator"], first["relative_weight"], first["payment_cents"]) == ("S", 26902, 323988)
    assert (second["payment_cents"], second["relative_weight"]) == (None, None)
    unnamed = path.rename(tmp_path / "addendum.csv")
    with pytest.raises(ReferenceFileError, match="nothing tells which quarter"):
        addendum_b.READER.read(SourceFile(unnamed))


@pytest.mark.full_data
def test_guidance_is_packaged_in_every_addendum(cms_files: Path) -> None:
    """Status N for 76942, 77002, 77012 and 77021; the excerpt says that it is one."""
    codes = {"76942", "77002", "77012", "77021"}
    for path in sorted((cms_files / "opps").glob("*.csv")):
        reading = addendum_b.READER.read(SourceFile(path))
        found = {row["hcpcs"]: row["status_indicator"] for row in reading.rows.to_pylist() if row["hcpcs"] in codes}
        assert found == dict.fromkeys(codes, "N")
    assert any("excerpt of 177 codes" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("archive", "member", "release"),
    [
        # As they stand in CMS's own zips: the month before or after the year, the day of the edition behind them.
        (
            "january-2026-opps-addendum-b.zip",
            "508 Version 2026 January Web Addendum B/2026 January Web Addendum B.12.29.25.csv",
            "OPPS2026Q1",
        ),
        ("opps.zip", "508 Version of January 2025 Web Addendum B.12.31.24.csv", "OPPS2025Q1"),
        ("cy-2026-april-opps-addendum-b.zip", "Addendum B.csv", "OPPS2026Q2"),
        ("july-2024-addendum-b-080524.zip", "Addendum B.csv", "OPPS2024Q3"),
        ("october-2024-web-addendum-b.zip", "Addendum B.csv", "OPPS2024Q4"),
    ],
)
def test_addendum_b_is_named_as_in_the_zips_of_cms(tmp_path: Path, archive: str, member: str, release: str) -> None:
    """The zip and the file inside it name year and month in either order."""
    text = "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\nG0001,own words,S,5571,2.6902,10.00\n"
    with ZipFile(tmp_path / archive, "w") as made:
        made.writestr(member, text + "V0001,own words,N,,,\n")
    assert addendum_b.READER.read(SourceFile(tmp_path / archive, member)).release == release


def test_a_page_under_the_name_of_addendum_b_is_refused(tmp_path: Path) -> None:
    """CMS writes the name with a space too."""
    (tmp_path / "2026 January Web Addendum B.12.29.25.csv").write_text("<html>accept</html>\n")
    with pytest.raises(ReferenceFileError, match="its name is a publisher's but its content is not"):
        discover(tmp_path)
