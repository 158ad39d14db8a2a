"""The NCCI procedure-to-procedure reader."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from trocar.core.errors import ReferenceFileError
from trocar.core.period import quarter
from trocar.reference.readers.base import Reading, SourceFile
from trocar.reference.readers.ncci_ptp import READER
from trocar.reference.tables import TABLES

# The layout of CMS's own file: notices, then a heading over several lines, one of its cells quoted.
PREAMBLE = "A notice of copyright.\r\nPractitioner PTP Edits v30.2\r\n"
HEADER = (
    'Column 1\tColumn 2\t"*=in existence\nprior to 1996"\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n'
    "\t\t\tDate\tDate *=no data\t0=not allowed 1=allowed 9=not applicable\t\r\n"
)
ROWS = (
    "20610\t77002\t*\t20170101\t*\t1\tMisuse\r\n"
    "76942\t76536\t\t20160101\t20160101\t9\tMisuse\r\n"
    "64520\t77003\t\t20120101\t20161231\t1\tStandards\r\n"
)


def write(folder: Path, text: str, name: str = "ccipra-v302r0-f1.txt") -> SourceFile:
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    return SourceFile(path)


def row(reading: Reading, column_1: str, column_2: str) -> dict[str, object]:
    rows = reading.rows
    chosen = rows.filter(pc.and_(pc.equal(rows["column_1"], column_1), pc.equal(rows["column_2"], column_2)))
    (only,) = chosen.to_pylist()
    return dict(only)


def test_the_publishers_layout_is_read_by_its_heading(tmp_path: Path) -> None:
    """Dates, '*' for no data, the indicator and the line are read under a heading of several lines."""
    source = write(tmp_path, PREAMBLE + HEADER + ROWS)
    assert READER.recognises(source)
    reading = READER.read(source)
    assert (reading.release, reading.setting, reading.period) == ("PTP2024Q3", "practitioner", quarter(2024, 3))
    assert (reading.dated, reading.history, reading.warnings) == (True, True, ())
    assert row(reading, "20610", "77002") == {
        "column_1": "20610",
        "column_2": "77002",
        "effective": date(2017, 1, 1),
        "deletion": None,
        "modifier_indicator": 1,
        "rationale": "Misuse",
        "line": 6,  # two notices, a heading on lines 3 to 5
    }
    assert row(reading, "64520", "77003")["deletion"] == date(2016, 12, 31)


def test_columns_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """Another order of the columns gives the same row: position means nothing."""
    header = "Column 1\tColumn 2\tModifier\tPTP Edit Rationale\tDeletion Date\tEffective Date\r\n"
    reading = READER.read(write(tmp_path, header + "20610\t77002\t0\tMisuse\t20161231\t20120101\r\n"))
    found = row(reading, "20610", "77002")
    assert (found["effective"], found["deletion"]) == (date(2012, 1, 1), date(2016, 12, 31))
    assert (found["modifier_indicator"], found["line"]) == (0, 2)


def test_the_schema_is_the_tables_without_the_file(tmp_path: Path) -> None:
    """The rows have the columns and types of the ncci_ptp table, but for file_id."""
    rows = READER.read(write(tmp_path, PREAMBLE + HEADER + ROWS)).rows
    table = TABLES["ncci_ptp"]
    assert {field.name: field.type for field in rows.schema} == {
        field.name: field.type for field in table if field.name != "file_id"
    }
    assert isinstance(rows, pa.Table)


def test_the_hospital_table_is_told_by_its_name(tmp_path: Path) -> None:
    """ccioph names the outpatient hospital table; v32.2 is the third quarter of 2026."""
    text = HEADER + ROWS
    reading = READER.read(write(tmp_path, text, "ccioph-v322r0-f4.txt"))
    assert (reading.setting, reading.release) == ("hospital", "PTP2026Q3")


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        (ROWS + "76942\t770", 9, "2 cells where the header has 7"),
        (ROWS + "76942\t7700\t\t20160101\t*\t1\tMisuse\r\n", 9, "'7700' is not a HCPCS code"),
        (ROWS + "76942\t77002\t\t20160231\t*\t1\tMisuse\r\n", 9, "'20160231' is not a date"),
        (ROWS + "76942\t77002\t\t2016-01-01\t*\t1\tMisuse\r\n", 9, "'2016-01-01' is not a date"),
        (ROWS + "76942\t77002\t\t20160101\t*\t2\tMisuse\r\n", 9, "indicator '2' is not 0, 1 or 9"),
        ("2061\t77002\t*\t20170101\t*\t1\tMisuse\r\n" + ROWS, 6, "'2061' is not a HCPCS code"),
        (ROWS + "\r\n" + ROWS, 9, "'' is not a HCPCS code"),
    ],
)
def test_a_damaged_row_refuses_the_file_by_line(tmp_path: Path, rows: str, line: int, reason: str) -> None:
    """A cut-off row, a false code, date or indicator and a hole are refused with the line and the reason."""
    with pytest.raises(ReferenceFileError) as refused:
        READER.read(write(tmp_path, PREAMBLE + HEADER + rows))
    assert refused.value.where == f"ccipra-v302r0-f1.txt line {line}"
    assert reason in refused.value.what
    assert refused.value.remedy


def test_a_file_that_ends_without_a_line_end_is_doubted(tmp_path: Path) -> None:
    """A last row without its line end may be cut within the rationale: it carries a warning."""
    reading = READER.read(write(tmp_path, PREAMBLE + HEADER + ROWS.rstrip()))
    assert reading.warnings == ("no line end after the last row: the file may be cut off",)


def test_another_header_is_not_recognised(tmp_path: Path) -> None:
    """A tab-delimited file without a modifier column is no PTP table, and reading it is refused."""
    source = write(tmp_path, HEADER.replace("Modifier", "Something") + ROWS)
    assert not READER.recognises(source)
    with pytest.raises(ReferenceFileError, match="no header"):
        READER.read(source)


def test_a_file_that_states_no_quarter_is_refused(tmp_path: Path) -> None:
    """Without a version or quarter in name and preamble the edits have no period."""
    with pytest.raises(ReferenceFileError, match="quarter"):
        READER.read(write(tmp_path, HEADER + ROWS, "ccipra.txt"))


@pytest.mark.full_data
def test_the_practitioner_table_of_2024q3(cms_files: Path) -> None:
    """Counts (awk over the unzipped text: rows, rows with '*' or no deletion, by indicator) and known rows."""
    reading = READER.read(SourceFile(cms_files / "ncci/2024q3_practitioner_ptp.zip", "ccipra-2024q3.txt"))
    active = reading.rows.filter(pc.is_null(reading.rows["deletion"]))
    assert (len(reading.rows), len(active)) == (2_546_017, 1_669_820)
    indicators = {item["values"]: item["counts"] for item in pc.value_counts(active["modifier_indicator"]).to_pylist()}
    assert indicators == {1: 1_160_873, 0: 508_947}  # 1,160,873 + 508,947 = 1,669,820
    # grep -n: line 2,200,004 and line 2,196,766 of the text
    backwards, forwards = row(reading, "76942", "76536"), row(reading, "76536", "76942")
    assert (backwards["modifier_indicator"], backwards["deletion"], backwards["line"]) == (9, date(2016, 1, 1), 2200004)
    assert (forwards["modifier_indicator"], forwards["deletion"], forwards["line"]) == (1, None, 2196766)
    assert row(reading, "64520", "77003")["deletion"] == date(2016, 12, 31)
    assert (reading.release, reading.setting, reading.period) == ("PTP2024Q3", "practitioner", quarter(2024, 3))
    assert (reading.dated, reading.history) == (False, True)
    assert reading.warnings == ("no effective dates in the file: its pairs are known for its quarter only",)


@pytest.mark.full_data
def test_the_hospital_table_of_2024q3(cms_files: Path) -> None:
    """1,775,818 rows; 1,289,116 of indicator 1 and 46,741 of 0 not deleted (awk)."""
    reading = READER.read(SourceFile(cms_files / "ncci/2024q3_hospital_ptp.zip", "ccioph-2024q3.txt"))
    active = reading.rows.filter(pc.is_null(reading.rows["deletion"]))
    assert (len(reading.rows), len(active), reading.setting) == (1_775_818, 1_335_857, "hospital")


@pytest.mark.full_data
def test_the_active_pairs_of_2026q3(cms_files: Path) -> None:
    """A file of active pairs alone has neither dates nor history, and says so."""
    path = cms_files / "ncci/2026q3_practitioner_ptp_active.zip"
    reading = READER.read(SourceFile(path, "ccipra-2026q3-active.txt"))
    assert (len(reading.rows), reading.dated, reading.history) == (1_728_585, False, False)
    assert reading.warnings == ("active pairs only: no dates, no deleted rows; known for its quarter only",)
    assert reading.period == quarter(2026, 3)
