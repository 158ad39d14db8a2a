"""The ICD-10-CM reader: order files, codes files, addenda."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import Period, fiscal_year
from trocar.reference.readers.base import SourceFile
from trocar.reference.readers.icd10 import READER
from trocar.reference.readers.icd10_addenda import before_addenda, fiscal_year_from_addenda, sides
from trocar.reference.tables import TABLES


def order_line(number: int, code: str, flag: str, title: str) -> str:
    """Number 1-5, code 7-13, flag 15, short title 17-76, long title from 78."""
    return f"{number:05} {code:7} {flag} {title[:60]:60} {title}\r\n"


def change(action: str, flag: str, code: str, title: str) -> str:
    """A line of the order addenda: action, flag, code, short and long title."""
    return f"{action + ':':12} {flag} {code:7} {title[:60]:60} {title}\r\n"


def summary(before: tuple[int, int], after: tuple[int, int], years: tuple[int, int] = (2026, 2027)) -> str:
    """The counts at the end of the addenda; headers, then codes."""
    text = ""
    for name, at in (("Headers", 0), ("Codes", 1)):
        text += f"\r\n{name}\r\n"
        for year, counts in zip(years, (before, after), strict=True):
            text += f"  {counts[at]} {name.lower()} in icd10cm_order_{year}.txt\r\n"
        text += "      1 additions\r\n      0 deletions\r\nof which\r\n      0 revisions to long title only\r\n"
    return text


# One header and three billable codes.
ORDER = (
    order_line(1, "C780", "0", "Growth of lung")
    + order_line(2, "C7801", "1", "Growth of right lung")
    + order_line(3, "C7802", "1", "Growth of left lung")
    + order_line(4, "QA00101", "1", "A code whose second character is a letter")
)
# C7802 becomes a header (one deleted and added again), C78021 is new, C7801 is reworded:
# headers 1 + 1 = 2, codes 3 - 1 + 1 = 3.
ADDENDA = (
    change("Delete", "1", "C7802", "Growth of left lung")
    + change("Add", "0", "C7802", "Growth of left lung")
    + change("Add", "1", "C78021", "Growth of left lung, upper lobe")
    + change("Revise from", "1", "C7801", "Growth of right lung")
    + change("Revise to", "1", "C7801", "Growth of one lung")
    + summary((1, 3), (2, 3))
)


def write(folder: Path, name: str, text: str) -> SourceFile:
    path = folder / name
    path.write_bytes(text.encode("ascii"))
    return SourceFile(path)


def code(rows: pa.Table, text: str) -> dict[str, object]:
    (row,) = rows.filter(pc.equal(rows["code"], text)).to_pylist()
    return dict(row)


def test_an_order_file_is_read_in_its_columns(tmp_path: Path) -> None:
    """Code, billable flag, side and line come from the fixed columns; the year from the name."""
    source = write(tmp_path, "icd10cm_order_2026.txt", ORDER)
    assert READER.recognises(source)
    reading = READER.read(source)
    assert reading.rows.to_pylist() == [
        {"code": "C780", "billable": False, "side": "", "line": 1},
        {"code": "C7801", "billable": True, "side": "R", "line": 2},
        {"code": "C7802", "billable": True, "side": "L", "line": 3},
        {"code": "QA00101", "billable": True, "side": "", "line": 4},
    ]
    assert (reading.release, reading.period) == ("ICD10CM2026", fiscal_year(2026))
    assert {field.name: field.type for field in reading.rows.schema} == {
        field.name: field.type for field in TABLES["icd10"] if field.name != "file_id"
    }


def test_the_side_is_a_whole_word() -> None:
    """right, left and bilateral count as whole words; two of them in one title name no side."""
    titles = ["Pain in right hip", "Left hip", "Bilateral hips", "bright light", "Right and left heart", "upright"]
    assert sides(titles).to_pylist() == ["R", "L", "B", "", "", ""]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (ORDER[: len(ORDER) - 60], 4, "not a line of an order file"),
        (ORDER + order_line(6, "D000", "1", "Another"), 5, "order number 00006 where 00005 belongs"),
        (ORDER + order_line(5, "D000", "2", "Another"), 5, "not a line of an order file"),
        (ORDER + order_line(5, "d000", "1", "Another"), 5, "not a line of an order file"),
    ],
)
def test_a_damaged_order_file_is_refused_by_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """A cut-off line, a missing line, a false flag or code is refused with its line."""
    with pytest.raises(ReferenceFileError) as refused:
        READER.read(write(tmp_path, "icd10cm_order_2026.txt", text))
    assert refused.value.where == f"icd10cm_order_2026.txt line {line}"
    assert reason in refused.value.what


def test_a_file_without_a_year_is_refused(tmp_path: Path) -> None:
    """The fiscal year is in the name or nowhere."""
    with pytest.raises(ReferenceFileError, match="fiscal year"):
        READER.read(write(tmp_path, "codes.txt", ORDER))


def test_addenda_make_the_next_year(tmp_path: Path) -> None:
    """Codes taken over keep their line of the order file; those added or revised have the addenda's line."""
    previous = READER.read(write(tmp_path, "icd10cm_order_2026.txt", ORDER)).rows
    addenda = write(tmp_path, "icd10cm_order_addenda_2027.txt", ADDENDA)
    assert READER.recognises(addenda)
    assert fiscal_year_from_addenda(previous, addenda).to_pylist() == [
        {"code": "C780", "billable": False, "side": "", "line": 1, "from_previous": True},
        {"code": "C7801", "billable": True, "side": "", "line": 5, "from_previous": False},
        {"code": "C7802", "billable": False, "side": "L", "line": 2, "from_previous": False},
        {"code": "C78021", "billable": True, "side": "L", "line": 3, "from_previous": False},
        {"code": "QA00101", "billable": True, "side": "", "line": 4, "from_previous": True},
    ]


def test_addenda_undone_give_the_year_before(tmp_path: Path) -> None:
    """Putting addenda on and taking them off again gives the same codes."""
    previous = READER.read(write(tmp_path, "icd10cm_order_2026.txt", ORDER)).rows
    addenda = write(tmp_path, "icd10cm_order_addenda_2027.txt", ADDENDA)
    back = before_addenda(fiscal_year_from_addenda(previous, addenda), addenda)
    columns = ["code", "billable", "side"]
    assert back.select(columns).equals(previous.select(columns))


def test_addenda_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """A delete of a code that isn't there, totals that don't come out, a cut-off or foreign line are refused."""
    previous = READER.read(write(tmp_path, "icd10cm_order_2026.txt", ORDER)).rows
    unknown = change("Delete", "1", "Z000", "Another") + ADDENDA
    with pytest.raises(ReferenceFileError, match="Z000 is not in the order file") as refused:
        fiscal_year_from_addenda(previous, write(tmp_path, "addenda.txt", unknown))
    assert refused.value.where == "addenda.txt line 1"
    fewer = ADDENDA.replace("  3 codes in icd10cm_order_2027", "  9 codes in icd10cm_order_2027")
    with pytest.raises(ReferenceFileError, match="3 codes after the changes where the summary says 9"):
        fiscal_year_from_addenda(previous, write(tmp_path, "addenda.txt", fewer))
    with pytest.raises(ReferenceFileError, match="summary"):
        READER.read(write(tmp_path, "icd10cm_order_addenda_2027.txt", ADDENDA.split("\r\n\r\n")[0] + "\r\n"))
    with pytest.raises(ReferenceFileError, match="line 2"):
        READER.read(write(tmp_path, "icd10cm_order_addenda_2027.txt", ADDENDA[:95] + "\r\nAdd:    1 C7\r\n"))


def test_an_order_file_is_checked_against_the_addenda_beside_it(tmp_path: Path) -> None:
    """Totals that differ from the addenda's refuse the order file; adds that are absent are a warning."""
    years = (2025, 2026)
    lost = change("Add", "1", "E000", "Another") + summary((1, 2), (1, 3), years)
    write(tmp_path, "icd10cm_order_addenda_2026.txt", lost)
    order = write(tmp_path, "icd10cm_order_2026.txt", ORDER)
    assert READER.read(order).warnings == ("icd10cm_order_addenda_2026.txt adds codes that are not here: E000",)
    write(tmp_path, "icd10cm_order_addenda_2026.txt", lost.replace("  3 codes in", "  4 codes in"))
    with pytest.raises(ReferenceFileError, match="3 codes where its addenda say 4: cut off"):
        READER.read(order)


def test_addenda_within_a_year_make_an_update_of_april(tmp_path: Path) -> None:
    """When the addenda compare a year with itself the order file is in force from 1 April only."""
    addenda = change("Add", "1", "C7802", "Growth of left lung") + summary((1, 2), (1, 3), (2026, 2026))
    with ZipFile(tmp_path / "dx.zip", "w") as archive:
        archive.writestr("icd10cm_order_2026.txt", ORDER)
        archive.writestr("icd10cm_order_addenda_2026.txt", addenda)
    reading = READER.read(SourceFile(tmp_path / "dx.zip", "icd10cm_order_2026.txt"))
    assert (reading.release, reading.period) == ("ICD10CM2026-04", Period(date(2026, 4, 1), date(2026, 9, 30)))
    assert len(reading.warnings) == 1
    beside = READER.read(SourceFile(tmp_path / "dx.zip", "icd10cm_order_addenda_2026.txt"))
    assert (beside.release, beside.period) == (reading.release, reading.period)


def test_a_codes_file_only_checks(tmp_path: Path) -> None:
    """The codes file says again which codes are billable: it is recognised and read, not loaded."""
    text = "C7801   Growth of right lung\r\nC7802   Growth of left lung\r\nQA00101 A code\r\n"
    source = write(tmp_path, "icd10cm_codes_2026.txt", text)
    assert READER.recognises(source)
    reading = READER.read(source)
    assert reading.check_only
    assert reading.rows["code"].to_pylist() == ["C7801", "C7802", "QA00101"]
    with pytest.raises(ReferenceFileError, match="line 4: not a line of a codes file"):
        READER.read(write(tmp_path, "icd10cm_codes_2026.txt", text + "QA0\r\n"))


@pytest.mark.full_data
def test_the_codes_of_fiscal_year_2026(cms_files: Path) -> None:
    """98,186 lines, 74,719 billable; M545 is a header and M5450 a code, C7801 names the right side (grep -n)."""
    reading = READER.read(SourceFile(cms_files / "icd10cm/cms_2026_dx.zip", "icd10cm_order_2026.txt"))
    assert len(reading.rows) == 98_186
    assert pc.sum(reading.rows["billable"]).as_py() == 74_719
    assert code(reading.rows, "M545") == {"code": "M545", "billable": False, "side": "", "line": 20_086}
    assert code(reading.rows, "M5450") == {"code": "M5450", "billable": True, "side": "", "line": 20_087}
    assert code(reading.rows, "C7801") == {"code": "C7801", "billable": True, "side": "R", "line": 2_165}
    assert code(reading.rows, "QA00101")["billable"]
    assert (reading.warnings, reading.period) == ((), fiscal_year(2026))


@pytest.mark.full_data
def test_fiscal_year_2027_is_2026_with_the_addenda(cms_files: Path) -> None:
    """74,719 + 190 - 30 = 74,879 billable; 23,467 + 63 - 6 = 23,524 headers (the addenda's summary)."""
    previous = READER.read(SourceFile(cms_files / "icd10cm/cms_2026_dx.zip", "icd10cm_order_2026.txt")).rows
    addenda = SourceFile(cms_files / "icd10cm/FY2027_icd10cm_order_addenda_2027.txt")
    rows = fiscal_year_from_addenda(previous, addenda)
    billable = pc.sum(rows["billable"]).as_py()
    assert (billable, len(rows) - billable) == (74_879, 23_524)
    # 253 added and 4 revised stand in the addenda.
    assert pc.sum(pc.invert(rows["from_previous"])).as_py() == 257
    assert READER.read(addenda).period == fiscal_year(2027)


@pytest.mark.full_data
@pytest.mark.parametrize("year", [2025, 2026])
def test_addenda_and_order_files_agree(cms_files: Path, year: int) -> None:
    """The order file of the year before, with the addenda put on, is the order file of the year."""
    folder = cms_files / "icd10cm"
    previous, own = (
        READER.read(SourceFile(folder / f"cms_{number}_dx.zip", f"icd10cm_order_{number}.txt")).rows
        for number in (year - 1, year)
    )
    made = fiscal_year_from_addenda(
        previous, SourceFile(folder / f"cms_{year}_dx.zip", f"icd10cm_order_addenda_{year}.txt")
    )
    columns = ["code", "billable", "side"]
    assert made.select(columns).equals(own.sort_by("code").select(columns))


@pytest.mark.full_data
def test_the_file_of_fiscal_year_2023_is_its_april_update(cms_files: Path) -> None:
    """CMS's zip of 2023 holds the update (73,674 codes); undone, the addenda leave the 73,639 of October 2022."""
    path = cms_files / "icd10cm/cms_2023_dx.zip"
    reading = READER.read(SourceFile(path, "icd10cm_order_2023.txt"))
    assert (reading.release, reading.period) == ("ICD10CM2023-04", Period(date(2023, 4, 1), date(2023, 9, 30)))
    assert pc.sum(reading.rows["billable"]).as_py() == 73_674
    before = before_addenda(reading.rows, SourceFile(path, "icd10cm_order_addenda_2023.txt"))
    assert pc.sum(before["billable"]).as_py() == 73_639  # 73,674 - 42 + 7


@pytest.mark.full_data
def test_the_april_2025_update_has_its_own_period(cms_files: Path) -> None:
    """The update's file is in force from 1 April 2025; the year's own file says the whole fiscal year."""
    folder = cms_files / "icd10cm"
    update = READER.read(
        SourceFile(folder / "cdc_FY2025Apr_Code-desciptions-April-2025.zip", "icd10cm-order-April-2025.txt")
    )
    original = READER.read(SourceFile(folder / "cms_2025_dx.zip", "icd10cm_order_2025.txt"))
    assert update.period == Period(date(2025, 4, 1), date(2025, 9, 30))
    assert original.period == fiscal_year(2025)
    assert (update.release, original.release) == ("ICD10CM2025-04", "ICD10CM2025")
    assert update.rows.equals(original.rows)  # the update changed no code


@pytest.mark.full_data
def test_every_text_of_the_zips_is_known(cms_files: Path) -> None:
    """Order, codes and addenda files of every zip are recognised and read without doubt."""
    for path in sorted((cms_files / "icd10cm").glob("*.zip")):
        with ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.endswith(".txt")]
        assert len(members) == 4
        for member in members:
            source = SourceFile(path, member)
            assert READER.recognises(source)
            reading = READER.read(source)
            is_order = "order" in member and "addenda" not in member
            assert reading.check_only is not is_order
            assert reading.warnings == () or reading.release == "ICD10CM2023-04"
            assert "-04" in str(reading.release) or reading.period == fiscal_year(int(member[-8:-4]))
