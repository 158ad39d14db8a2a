"""The claim CSV reader: what it takes, what it refuses, and where it says so."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trocar.claims.csv import ClaimReading, read_claims_csv
from trocar.claims.headings import NUMBERED, SYNONYMS, column_letter, plain
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.codes import Npi
from trocar.core.errors import ClaimInputError, InvalidCodeError

REPOSITORY = Path(__file__).resolve().parents[2]


def read(text: str | bytes, **options: Any) -> ClaimReading:
    """Read a CSV given as text."""
    content = text.encode() if isinstance(text, str) else text
    return read_claims_csv(io.BytesIO(content), **options)


def one(heading: str, cell: str) -> dict[str, Any]:
    """The only line of a file with one more column than the least, quoted as a spreadsheet would."""
    reading = read(with_column(heading, cell))
    assert reading.problems == ()
    row: dict[str, Any] = reading.table.to_pylist()[0]
    return row


def with_column(heading: str, cell: str) -> str:
    """A file of one row: claim A, line 1, 77002, and in E the column under test."""
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [["claim_id", "line", "service_date", "hcpcs", heading], ["A", "1", "2024-08-15", "77002", cell]]
    )
    return stream.getvalue()


def test_least_file() -> None:
    """Two columns suffice; everything not said is null, and each row is a claim of its own, with a note."""
    reading = read("service_date,hcpcs\n2024-08-15,77002\n2024-08-15,20610\n")
    assert reading.table.schema.equals(CLAIM_SCHEMA, check_metadata=True)
    rows = reading.table.to_pylist()
    assert [(row["claim_id"], row["line"], row["where"]) for row in rows] == [
        ("row 2", 1, "claims.csv row 2"),
        ("row 3", 1, "claims.csv row 3"),
    ]
    said = {"claim_id", "line", "service_date", "hcpcs", "where"}
    assert all(not value for name, value in rows[0].items() if name not in said)
    assert "no claim_id column" in reading.notes[0]


@pytest.mark.parametrize(("column", "synonym"), [(column, other) for column in SYNONYMS for other in SYNONYMS[column]])
def test_every_synonym(column: str, synonym: str) -> None:
    """Every synonym, in any case and with spaces for underscores, is its column: nothing is left unused."""
    heading = synonym.replace("_", " ").title()
    others = [name for name in ("service_date", "hcpcs") if name != column]
    reading = read(f"{','.join([heading, *others])}\n")
    assert not any("not used" in note for note in reading.notes)


def test_synonyms_are_not_shared() -> None:
    """No heading stands for two columns."""
    headings = [plain(name) for column, others in SYNONYMS.items() for name in (column, *others)]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("stem", [*NUMBERED["modifier"][1], *NUMBERED["diagnosis"][1]])
def test_numbered_columns(stem: str) -> None:
    """Modifiers and diagnoses may have a column each; a gap closes up."""
    first, third = ("26", "59") if stem in NUMBERED["modifier"][1] else ("M17.11", "C61")
    row = read(f"dos,cpt,{stem}1,{stem} 2,{stem}_3\n2024-08-15,77002,{first},,{third}\n").table.to_pylist()[0]
    if stem in NUMBERED["modifier"][1]:
        assert [row["modifier_1"], row["modifier_2"], row["modifier_3"]] == ["26", "59", None]
    else:
        assert row["diagnoses"] == ["M1711", "C61"]


@pytest.mark.parametrize(
    "text",
    [
        "2024-08-15",
        "2024-8-15",
        "8/15/2024",
        "08/15/2024",
        "20240815",
        "2024-08-15T00:00:00",
        "2024-08-15 00:00:00.000",
        "8/15/2024 0:00",
        "8/15/2024 12:00:00 AM",
    ],
)
def test_dates(text: str) -> None:
    """ISO, US month-first and compact dates are the same day."""
    reading = read(f"dos,cpt\n{text},77002\n")
    assert reading.table["service_date"].to_pylist() == [date(2024, 8, 15)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("15/8/2024", "month first"),
        ("2024-02-30", "not a day of the calendar"),
        ("8/15/24", "two digits"),
        ("45519", "day number for 2024-08-15"),  # 45519 days after 1899-12-30
        ("Aug 15", "not a date"),
        ("2024-08-15 13:30", "not a date"),
        ("1024-08-15", "can't be a date of service"),
        ("2204-08-15", "can't be a date of service"),
        ("", "service_date is empty"),
    ],
)
def test_bad_dates(text: str, said: str) -> None:
    """An ambiguous or impossible date is a problem of its cell."""
    (problem,) = read(f"dos,cpt\n{text},77002\n").problems
    assert problem.where == "claims.csv A2"
    assert said in problem.error["error"] + problem.error["remedy"]


@pytest.mark.parametrize(
    ("cell", "column", "expected"),
    [
        ("$1,234.50", "charge", 123450),
        ("1234.5", "charge", 123450),
        (".5", "charge", 50),
        ("0", "charge", 0),
        ("100.0000", "charge", 10000),
        ("90071992547.91", "charge", None),
        ("0.29", "charge", 29),  # 0.29 x 100 is 28.999... in binary
        ("50.00", "deductible_remaining", 5000),
    ],
)
def test_amounts(cell: str, column: str, expected: int | None) -> None:
    """Amounts become cents exactly; one beyond the largest is refused."""
    reading = read(with_column(column, cell))
    assert reading.table[f"{column}_cents" if column != "charge" else "charge_cents"].to_pylist() == (
        [] if expected is None else [expected]
    )


@pytest.mark.parametrize(
    ("heading", "cell", "column", "expected"),
    [
        ("units", "2.0", "units", 2),
        ("units", "", "units", None),
        ("zip", "02134-1001", "zip", "02134"),
        ("zip", "021341001", "zip", "02134"),
        ("locality", "national", "locality", "NATIONAL"),
        ("locality", "13202-01", "locality", "01"),
        ("locality", "1320201", "mac", "13202"),
        ("pos", "2", "place_of_service", "02"),
        ("pos", "64", "place_of_service", "64"),
        ("setting", "Outpatient", "setting", "hospital"),
        ("setting", "ASC", "setting", "asc"),
        ("taxonomy", "2085r0200x", "taxonomy", "2085R0200X"),
        ("npi", "1234567890", "rendering_npi", "1234567890"),
        ("npi", "12345", "rendering_npi", "12345"),
        ("mods", "zz", "modifier_1", "ZZ"),
        ("dx", "Z99.99X9", "diagnoses", ["Z9999X9"]),
        ("prior_outcome", "denied", "prior_outcome", "DENY"),
        ("prior_outcome", "paid", "prior_outcome", None),
        ("provider_type", "np", "provider_type", "NP"),
        ("payer", '="  Plan 7 "', "payer", "Plan 7"),
        ("payer", '=""', "payer", None),
        *(("hpsa", text, "hpsa", True) for text in ("Y", "yes", "TRUE", "t", "1")),
        *(("participating", text, "participating", False) for text in ("N", "no", "FALSE", "f", "0")),
    ],
)
def test_cells(heading: str, cell: str, column: str, expected: object) -> None:
    """Each cell comes out normalised; what only a rule can judge (check digits, unknown codes) is kept."""
    assert one(heading, cell)[column] == expected


def test_codes_that_may_not_exist_are_kept() -> None:
    """A HCPCS code of the right shape is a rule's business, whether it exists or not."""
    assert read("dos,cpt\n2024-08-15,99999\n").table["hcpcs"].to_pylist() == ["99999"]


@pytest.mark.parametrize("cell", ['="00100"', '"=""00100"""'])
def test_text_formula_keeps_zeros(cell: str) -> None:
    """="00100" is how exporters protect leading zeros, quoted or not, and is read as 00100."""
    assert read(f"dos,cpt\n2024-08-15,{cell}\n").table["hcpcs"].to_pylist() == ["00100"]


def test_contractor_column() -> None:
    """Contractor and locality may be two columns; a lost zero of the locality number is put back."""
    row = read("dos,cpt,mac,locality\n2024-08-15,77002,01112,5\n").table.to_pylist()[0]
    assert (row["mac"], row["locality"]) == ("01112", "05")


@pytest.mark.parametrize(
    ("heading", "cell", "said"),
    [
        ("units", "0", "0 units"),
        ("units", "-1", "-1 units"),
        ("units", "1.5", "not a whole number"),
        ("units", "1e3", "not a whole number"),
        ("charge", "-5.00", "without a sign"),
        ("charge", "(5.00)", "without a sign"),
        ("charge", "12,50", "not an amount"),
        ("charge", "1.234,50", "not an amount"),
        ("charge", "1.005", "whole cents"),
        ("charge", "$", "not an amount"),
        ("pos", "111", "not a place of service"),
        ("pos", "office", "two digits"),
        ("pos", "11.0", "made it a number: write 11"),
        ("zip", "2134", "did you mean 02134"),
        ("zip", "ABC", "not a ZIP"),
        ("locality", "2102-01", "with all their digits"),
        ("locality", "01", "a locality number repeats"),
        ("mac", "2102", "did you mean 02102"),
        ("mods", "26.0", "write 26"),
        ("mods", "5", "not a modifier"),
        ("mods", "26 59 RT 76 22", "5 modifiers"),
        ("m1", "26 59 RT 76 22", "5 modifiers"),
        ("dx", "724.2", "not an ICD-10-CM code"),
        ("setting", "facility", "not a setting"),
        ("hpsa", "maybe", "neither yes nor no"),
        ("prior_outcome", "pending", "not a prior outcome"),
        ("npi", "1.23457E+09", "spreadsheet shortened"),
        ("payer", "=A1&B1", "is a formula"),
        ("payer", "#REF!", "spreadsheet error"),
        ("payer", "#######", "spreadsheet error"),
    ],
)
def test_bad_cells(heading: str, cell: str, said: str) -> None:
    """Each unreadable cell is named, with what is wrong and what to do, and its row is not in the table."""
    reading = read(with_column(heading, cell), name="may.csv")
    assert reading.table.num_rows == 0
    (problem,) = reading.problems
    assert (problem.claim_id, problem.line, problem.where) == ("A", 1, "may.csv E2")
    assert said in f"{problem.error['error']}. {problem.error['remedy']}"
    assert problem.error["remedy"]
    assert problem.error["where"] == problem.where


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("7702", "did you mean 07702"),
        ("77002.0", "write 77002"),
        ("77OO2", "Did you mean 77002"),
        ("77002-26", "26 in the modifiers column"),
        ("", "hcpcs is empty"),
        ('=""', "hcpcs is empty"),
        ("=1+1", "is a formula"),
        ("7.7002E+04", "not a HCPCS code"),
    ],
)
def test_bad_codes(cell: str, said: str) -> None:
    """A damaged HCPCS code names its cell and how a spreadsheet damages such codes."""
    (problem,) = read(f"claim_id,dos,cpt\nA,2024-08-15,{cell}\n").problems
    assert problem.where == "claims.csv C2"
    assert said in f"{problem.error['error']}. {problem.error['remedy']}"


def test_the_rest_go_on() -> None:
    """One bad row is reported, the others are read, and their numbers are those of the file."""
    reading = read("claim_id,dos,cpt\nA,2024-08-15,20610\nA,2024-08-15,7702\nA,2024-08-15,77002\n")
    assert reading.rows_read == 3
    assert reading.table["line"].to_pylist() == [1, 3]
    assert [(problem.claim_id, problem.line) for problem in reading.problems] == [("A", 2)]


def test_every_bad_cell_of_a_row() -> None:
    """A row with three bad cells is one problem that names all three."""
    (problem,) = read("claim_id,dos,cpt,units\nA,8/32/2024,7702,0\n").problems
    assert problem.where == "claims.csv B2"
    assert [error["where"] for error in problem.also] == ["claims.csv C2", "claims.csv D2"]


def test_strict_stops() -> None:
    """Strict raises the error of the first bad row, with its cell."""
    with pytest.raises(InvalidCodeError, match=r"claims\.csv B3: '7702' is not a HCPCS code"):
        read("dos,cpt\n2024-08-15,20610\n2024-08-15,7702\n", strict=True)


def test_repeated_line() -> None:
    """The second row of one claim and line is a problem that names the first."""
    reading = read("claim_id,line,dos,cpt\nA,1,2024-08-15,20610\nA,1,2024-08-15,77002\n")
    (problem,) = reading.problems
    assert reading.table["hcpcs"].to_pylist() == ["20610"]
    assert problem.where == "claims.csv B3"
    assert "stands in row 2 already" in problem.error["error"]


def test_lines_are_numbered_per_claim() -> None:
    """Without a line column the rows of a claim count in file order, wherever they stand."""
    reading = read("claim_id,dos,cpt\nA,2024-08-15,20610\nB,2024-08-15,20610\nA,2024-08-15,77002\n")
    assert list(zip(*(reading.table[name].to_pylist() for name in ("claim_id", "line")), strict=True)) == [
        ("A", 1),
        ("B", 1),
        ("A", 2),
    ]


@pytest.mark.parametrize("cell", ["0", "-1", "x", "1.5"])
def test_bad_line_number(cell: str) -> None:
    """A line number that is none leaves the row without one."""
    (problem,) = read(f"claim_id,line,dos,cpt\nA,{cell},2024-08-15,20610\n").problems
    assert (problem.claim_id, problem.line, problem.where) == ("A", None, "claims.csv B2")


def test_empty_claim_id() -> None:
    """In a file with a claim_id column an empty one is a problem: the row can't be joined to its claim."""
    (problem,) = read("claim_id,dos,cpt\n,2024-08-15,20610\n").problems
    assert (problem.claim_id, problem.line, problem.where) == ("", None, "claims.csv A2")


def test_shortened_claim_id() -> None:
    """Two claims a spreadsheet has rounded to one number are never joined."""
    (problem,) = read("claim_id,dos,cpt\n1.23457E+11,2024-08-15,20610\n").problems
    assert "spreadsheet shortened" in problem.error["error"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(delimiter: str) -> None:
    """The delimiter is found from the headings, even when cells hold other delimiters."""
    text = (
        delimiter.join(["dos", "cpt", "dx"]) + "\n" + delimiter.join(["2024-08-15", "77002", '"M17.11;C61,R91.1|I10"'])
    )
    row = read(text).table.to_pylist()[0]
    assert row["diagnoses"] == ["M1711", "C61", "R911", "I10"]


def test_separator_line() -> None:
    """A spreadsheet's sep= line names the delimiter and counts as a row of the sheet."""
    (problem,) = read("sep=;\r\ndos;cpt\r\n2024-08-15;7702\r\n").problems
    assert problem.where == "claims.csv B3"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    """UTF-8, with its mark or without, UTF-16 and Windows-1252 read the same; only the guess is noted."""
    reading = read("dos,cpt,payer\n2024-08-15,77002,Médicare\n".encode(encoding))
    assert reading.table["payer"].to_pylist() == ["Médicare"]
    assert any("Windows-1252" in note for note in reading.notes) == (encoding == "cp1252")


def test_gzip_by_content(tmp_path: Path) -> None:
    """A gzip file is recognised by its bytes, whatever its name."""
    path = tmp_path / "may.csv"
    path.write_bytes(gzip.compress(b"dos,cpt\n2024-08-15,77002\n"))
    assert read_claims_csv(path).table["where"].to_pylist() == ["may.csv row 2"]


def test_quoted_newlines() -> None:
    """A cell may hold a line break; rows are numbered by the line they start on, as in a text editor."""
    reading = read('dos,cpt,remark\n2024-08-15,77002,"two\nlines"\n2024-08-15,7702,\n')
    assert reading.table["where"].to_pylist() == ["claims.csv row 2"]
    assert reading.problems[0].where == "claims.csv B4"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends(newline: str) -> None:
    """Unix, Windows and old Macintosh line ends number rows alike; blank rows keep their number."""
    reading = read(newline.join(["", "dos,cpt", ",", "", "2024-08-15,77002", ""]))
    assert reading.rows_read == 1
    assert reading.table["where"].to_pylist() == ["claims.csv row 5"]


def test_open_quote() -> None:
    """A quote that never closes costs its own row, not the rest of the file."""
    reading = read('claim_id,dos,cpt\nA,2024-08-15,"20610\nB,2024-08-15,77002\nC,2024-08-15,76942\n')
    assert reading.table["claim_id"].to_pylist() == ["B", "C"]
    (problem,) = reading.problems
    assert (problem.claim_id, problem.where) == ("", "claims.csv row 2")
    assert reading.rows_read == 3


def test_more_cells_than_headings() -> None:
    """A cell beyond the headings means a delimiter slipped in: the row is not guessed at."""
    (problem,) = read("dos,cpt,charge\n2024-08-15,77002,$1,234.50\n").problems
    assert problem.where == "claims.csv D2"
    assert "more cells than the 3 headings" in problem.error["error"]


def test_short_row() -> None:
    """A row may leave out its last cells: they are empty."""
    assert read("dos,cpt,units\n2024-08-15,77002\n").table["units"].to_pylist() == [None]


def test_modifiers_given_twice() -> None:
    """A modifiers cell and numbered ones may agree, but not differ."""
    text = "dos,cpt,mods,m1,m2\n2024-08-15,77002,26 59,26,59\n2024-08-15,77002,26,59,\n"
    (problem,) = read(text).problems
    assert problem.where == "claims.csv D3"
    assert "given twice and differ" in problem.error["error"]


def test_unknown_columns_are_noted_once() -> None:
    """A column the reader does not know is named once, with its cell."""
    reading = read("dos,cpt,Provider Mood,,pos,,\n2024-08-15,77002,glad,x,11,,\n")
    (note, *_) = reading.notes
    assert "C1 'Provider Mood'" in note
    assert "D1 (no heading)" in note


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n \n\n", "the file is empty"),
        (b"claim_id,units\nA,1\n", "no column for service_date and hcpcs among the headings 'claim_id', 'units'"),
        (b"2024-08-15,77002\n", "first row must hold the headings"),
        (b"dos,cpt,Date of Service\n", "'Date of Service' and 'dos' (A1) are both service_date"),
        (b"PK\x03\x04rest", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"ISA*00*", "X12"),
        (b'{"resourceType": "Claim"}', "JSON"),
        (b"PAR1", "Parquet"),
        (b"dos,cpt\n\x00\x00", "not text"),
        (b"dos,cpt\n2024-08-15,\x81\n", "claims.csv row 2: byte 0x81"),
        (b"\xff\xfed\x00o", "UTF-16"),
        (b"\x1f\x8b\x08broken", "gzip file is damaged"),
        (gzip.compress(b"dos,cpt\n2024-08-15,77002\n")[:-9], "gzip file is damaged"),
        (b'"dos,cpt\n2024-08-15,77002\n', "quotes of the row don't close"),
    ],
)
def test_files_that_are_none(content: bytes, said: str) -> None:
    """A file that can't be a claim CSV is refused as a whole, saying what it is and what to do."""
    with pytest.raises(ClaimInputError) as caught:
        read(content)
    assert said in str(caught.value)
    assert caught.value.remedy
    assert caught.value.where.startswith("claims.csv")


def test_header_only() -> None:
    """Headings alone are a file of no rows, not an error."""
    reading = read("claim_id,dos,cpt\n")
    assert (reading.table.num_rows, reading.rows_read, reading.problems) == (0, 0, ())


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ClaimInputError, match=r"none\.csv: the file can't be read"):
        read_claims_csv(tmp_path / "none.csv")


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters(index: int, letters: str) -> None:
    """Columns are named as spreadsheets name them."""
    assert column_letter(index) == letters


def test_example_claims() -> None:
    """The example file reads, with exactly the one row that is damaged on purpose."""
    reading = read_claims_csv(REPOSITORY / "examples" / "claims.csv")
    assert [(problem.claim_id, problem.line) for problem in reading.problems] == [("EX-26", 2)]
    assert reading.notes == ()
    assert len(set(reading.table["claim_id"].to_pylist())) == 28
    wrong = {
        row["claim_id"] for row in reading.table.to_pylist() if not Npi.parse(row["rendering_npi"]).check_digit_holds
    }
    assert wrong == {"EX-14"}


def test_documentation_names_every_heading() -> None:
    """The format page lists every column and every synonym."""
    page = (REPOSITORY / "docs" / "formats" / "claims-csv.md").read_text("utf-8")
    missing = [name for column, others in SYNONYMS.items() for name in (column, *others) if f"`{name}`" not in page]
    assert missing == []


def test_the_columns_of_the_data_model_are_known() -> None:
    """The names of Tuva and CARIN; of the payer's name and number the name is used, and the number is told."""
    head = (
        "claim_id,claim_line_number,service_start_date,hcpcs_code,hcpcs_modifier_1,service_unit_quantity,"
        "charge_amount,place_of_service_code,diagnosis_code_1,diagnosis_pointer_1,payer_id,payer_name"
    )
    reading = read(f"{head}\nA,2,2024-08-15,77002,26,1,100.00,22,M17.11,1,00112,Plan\n")
    (row,) = reading.table.to_pylist()
    assert (row["line"], row["hcpcs"], row["modifier_1"], row["units"], row["payer"]) == (2, "77002", "26", 1, "Plan")
    assert reading.notes == ("claims.csv: columns not used: K1 'payer_id'",)


@pytest.mark.parametrize(
    ("head", "row", "claim_id"),
    [("acct,claim_number", "8,7", "7"), ("claim_number,acct", "7,8", "7"), ("acct,x", "8,7", "8")],
)
def test_an_account_number_gives_way_to_the_claims_own(head: str, row: str, claim_id: str) -> None:
    """Many exports have both, in any order; alone it names the claim."""
    reading = read(f"{head},dos,cpt\n{row},2024-08-15,77002\n")
    assert reading.table["claim_id"].to_pylist() == [claim_id]


def test_a_heading_that_is_nearly_known_is_asked_about() -> None:
    """The file is refused, not guessed at; what was perhaps meant is said."""
    with pytest.raises(ClaimInputError) as raised:
        read("claim_id,Dates of Services,CPT Procedure Code,mood\nA,2024-08-15,77002,x\n")
    remedy = raised.value.remedy
    assert "Is 'Dates of Services' the service_date? Then name it so." in remedy
    assert "Is 'CPT Procedure Code' the hcpcs? Then name it so." in remedy
    assert "mood" not in remedy
