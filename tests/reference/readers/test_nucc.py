"""The provider taxonomy reader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.nucc import READER
from trocar.reference.tables import TABLES

TEXT = (
    "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section\r\n"
    '2085R0204X,Physicians,Radiology,Interventional,"A text with a caf\xe9,\r\nover two lines",,Name,Individual\r\n'
    "208VP0014X,Physicians,Pain Medicine,Interventional,,,Name,Individual\r\n"
)


def write(folder: Path, text: str, encoding: str = "cp1252", name: str = "nucc_taxonomy_251.csv") -> SourceFile:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return SourceFile(path)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_codes_are_kept_and_definitions_are_not(tmp_path: Path, encoding: str) -> None:
    """Whatever the encoding, a code has its grouping and line, counted over cells of several lines."""
    reading = READER.read(write(tmp_path, TEXT, encoding))
    assert reading.rows.to_pylist() == [
        {
            "code": "2085R0204X",
            "grouping": "Physicians",
            "classification": "Radiology",
            "specialization": "Interventional",
            "line": 2,
        },
        {
            "code": "208VP0014X",
            "grouping": "Physicians",
            "classification": "Pain Medicine",
            "specialization": "Interventional",
            "line": 4,
        },
    ]
    assert {field.name: field.type for field in reading.rows.schema} == {
        field.name: field.type for field in TABLES["taxonomy"] if field.name != "file_id"
    }


def test_a_version_is_in_force_for_half_a_year(tmp_path: Path) -> None:
    """.0 runs from 1 January to 30 June, .1 from 1 July to 31 December."""
    second = READER.read(write(tmp_path, TEXT))
    first = READER.read(write(tmp_path, TEXT, name="nucc_taxonomy_250.csv"))
    assert (first.release, first.period) == ("NUCC25.0", Period(date(2025, 1, 1), date(2025, 6, 30)))
    assert (second.release, second.period) == ("NUCC25.1", Period(date(2025, 7, 1), date(2025, 12, 31)))


@pytest.mark.parametrize(
    ("row", "reason"),
    [("2085R0204,P,R,I,,,N,I", "is not a taxonomy code"), ("2085R0204X,P,R", "3 cells and the heading 8")],
)
def test_a_damaged_row_refuses_the_file_by_line(tmp_path: Path, row: str, reason: str) -> None:
    """A code of nine characters and a cut-off row are refused with their line."""
    with pytest.raises(ReferenceFileError, match=reason) as refused:
        READER.read(write(tmp_path, f"{TEXT}{row}\r\n"))
    assert refused.value.where == "nucc_taxonomy_251.csv line 5"


def test_a_foreign_or_unnamed_file_is_refused(tmp_path: Path) -> None:
    """Another header is not recognised; a name without a version is refused, and so is a header alone."""
    assert READER.recognises(write(tmp_path, TEXT))
    foreign = write(tmp_path, TEXT.replace("Grouping", "Group"))
    assert not READER.recognises(foreign)
    with pytest.raises(ReferenceFileError, match="version"):
        READER.read(write(tmp_path, TEXT, name="taxonomy.csv"))
    with pytest.raises(ReferenceFileError, match="no rows below the header"):
        READER.read(write(tmp_path, TEXT.split("\r\n")[0] + "\r\n"))


@pytest.mark.full_data
@pytest.mark.parametrize(("version", "codes"), [("250", 879), ("251", 883)])
def test_the_published_versions(cms_files: Path, version: str, codes: int) -> None:
    """25.1 has 883 codes: the 879 of 25.0 and four new ones (diff of the first columns)."""
    source = SourceFile(cms_files / f"nucc/nucc_taxonomy_{version}.csv")
    assert READER.recognises(source)
    rows = READER.read(source).rows
    assert len(rows) == codes
    new = {"207QD0401X", "207QB0505X", "146E00000X", "1835P1400X"} & set(rows["code"].to_pylist())
    assert len(new) == (4 if version == "251" else 0)
    if version == "251":
        (radiologist,) = rows.filter(pc.equal(rows["code"], "2085R0204X")).to_pylist()
        assert (radiologist["classification"], radiologist["line"]) == ("Radiology", 226)
