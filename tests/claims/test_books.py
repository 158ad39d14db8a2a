"""Claim books: CSV, Parquet and JSON lines are one book, told apart by content and read in chunks."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trocar.claims.books import open_book
from trocar.claims.csv import ClaimReading, read_claims_csv
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.errors import ClaimInputError, InvalidCodeError

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "claims.csv"


def whole(path: Path, rows: int = 7) -> ClaimReading:
    """A book of one file, read in small chunks and put together."""
    chunks = list(open_book([path]).chunks(rows))
    return ClaimReading(
        pa.concat_tables([chunk.table for chunk in chunks]).combine_chunks(),
        tuple(problem for chunk in chunks for problem in chunk.problems),
        sum(chunk.rows_read for chunk in chunks),
        tuple(note for chunk in chunks for note in chunk.notes),
    )


def parquet(folder: Path, **columns: Any) -> Path:
    """A Parquet file of these columns."""
    path = folder / "claims.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def json_lines(folder: Path, *lines: str | dict[str, Any]) -> Path:
    """A file of JSON lines."""
    path = folder / "claims.ndjson"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), "utf-8")
    return path


@pytest.mark.parametrize("name", ["claims.csv", "claims.csv.gz", "wrong.parquet"])
def test_csv_book(tmp_path: Path, name: str) -> None:
    """A CSV is known by its content, compressed or not, and chunks give what reading it at once gives."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(EXAMPLE.read_bytes()) if name.endswith("gz") else EXAMPLE.read_bytes())
    expected = read_claims_csv(path)
    assert whole(path) == expected


def test_the_claim_table_as_parquet(tmp_path: Path) -> None:
    """The claim table written as Parquet comes back equal, the addresses of its lines included."""
    table = read_claims_csv(EXAMPLE).table
    pq.write_table(table, tmp_path / "claims.parquet")
    reading = whole(tmp_path / "claims.parquet")
    assert reading.problems == ()
    assert reading.table.equals(table)
    assert reading.table.schema.equals(CLAIM_SCHEMA, check_metadata=True)


def test_the_claim_table_as_json_lines(tmp_path: Path) -> None:
    """The claim table written as JSON lines, dates as text and lists as lists, comes back equal."""
    table = read_claims_csv(EXAMPLE).table
    rows = [row | {"service_date": row["service_date"].isoformat()} for row in table.to_pylist()]
    reading = whole(json_lines(tmp_path, *rows))
    assert reading.problems == ()
    assert reading.table.equals(table)


@pytest.mark.parametrize(
    ("column", "values", "field", "expected"),
    [
        ("units", pa.array([2]), "units", 2),
        ("units", pa.array([2.0]), "units", 2),
        ("units", pa.array([float("nan")]), "units", None),
        ("charge", pa.array([Decimal("180.50")]), "charge_cents", 18050),
        ("charge", pa.array([0.29]), "charge_cents", 29),  # 0.29 x 100 is 28.999... in binary
        ("charge", pa.array([250]), "charge_cents", 25000),
        ("charge_cents", pa.array([5]), "charge_cents", 5),
        ("charge_cents", pa.array([18050]), "charge_cents", 18050),
        ("hpsa", pa.array([True]), "hpsa", True),
        ("qp", pa.array([None], pa.bool_()), "qualifying_apm", None),
        ("mods", pa.array([["26", "59"]]), "modifier_2", "59"),
        ("dx", pa.array([["M17.11", None, "C61"]]), "diagnoses", ["M1711", "C61"]),
        ("payer", pa.array(["Plan  7"]).dictionary_encode(), "payer", "Plan 7"),
        ("payer", pa.array(["Plan 7"], pa.large_string()), "payer", "Plan 7"),
        ("payer", pa.nulls(1), "payer", None),
        ("npi", pa.array([1234567890]), "rendering_npi", "1234567890"),
        ("pos", pa.array([11]), "place_of_service", "11"),
    ],
)
def test_typed_columns(tmp_path: Path, column: str, values: pa.Array, field: str, expected: object) -> None:
    """A typed value means what its text would mean in the claim CSV; money never passes through binary arithmetic."""
    path = parquet(tmp_path, Code=pa.array([77002]), dos=pa.array([date(2024, 8, 15)]), **{column: values})
    reading = whole(path)
    assert reading.problems == ()
    (row,) = reading.table.to_pylist()
    assert (row["hcpcs"], row["service_date"], row[field]) == ("77002", date(2024, 8, 15), expected)
    assert (row["claim_id"], row["where"]) == ("row 1", "claims.parquet row 1")


@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.timestamp("ns"), pa.date64()])
def test_typed_dates(tmp_path: Path, kind: pa.DataType) -> None:
    """Midnight of a day is the day."""
    days = pa.array([date(2024, 8, 15)]).cast(kind)
    assert whole(parquet(tmp_path, cpt=["77002"], dos=days)).table["service_date"].to_pylist() == [date(2024, 8, 15)]


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("charge_cents", pa.array([-5]), "'-0.05' is not an amount"),
        ("charge", pa.array([0.1 + 0.2]), "whole cents"),
        ("units", pa.array([0]), "0 units"),
        ("hcpcs", pa.array([7702]), "did you mean 07702"),
        ("pos", pa.array([11.0]), "write 11"),
        ("mods", pa.array([["26", "590"]]), "not a modifier"),
    ],
)
def test_typed_columns_are_judged_too(tmp_path: Path, column: str, values: pa.Array, said: str) -> None:
    """A type does not make a value right: the row is refused, by the name of its column."""
    columns = {"hcpcs": pa.array(["77002"]), "dos": pa.array([date(2024, 8, 15)]), column: values}
    (problem,) = whole(parquet(tmp_path, **columns)).problems
    assert problem.where == f"claims.parquet row 1 {'charge' if column == 'charge_cents' else column}"
    assert said in f"{problem.error['error']}. {problem.error['remedy']}"


def test_json_lines(tmp_path: Path) -> None:
    """Keys may differ from line to line, numbers keep the digits written, and a bad line is a problem of its own."""
    path = json_lines(
        tmp_path,
        {"claim": "A", "dos": "2024-08-15", "cpt": 77002, "mood": 1},
        "",
        '{"claim_id": "A", "dos": "2024-08-15", "cpt": "20610", "charge": 0.29, "dx": ["M17.11", "C61"]}',
        "{broken",
        "[1]",
        {"claim": "A", "claim_id": "B", "dos": "2024-08-15", "cpt": "20610"},
        {"claim": "A", "dos": "2024-08-15", "cpt": {"code": "20610"}},
        {"dos": "2024-08-15", "cpt": "20610"},
        '{"claim": "A", "dos": "2024-08-15", "cpt": "20610", "payer": "\\ud800", "where": 7}',
    )
    reading = whole(path, rows=2)
    rows = reading.table.to_pylist()
    assert [(row["claim_id"], row["line"], row["where"]) for row in rows] == [
        ("A", 1, "claims.ndjson row 1"),
        ("A", 2, "claims.ndjson row 3"),
    ]
    assert (rows[1]["charge_cents"], rows[1]["diagnoses"]) == (29, ["M1711", "C61"])
    assert [problem.where for problem in reading.problems] == [
        "claims.ndjson row 4",
        "claims.ndjson row 5",
        "claims.ndjson row 6 claim_id",
        "claims.ndjson row 7 cpt",
        "claims.ndjson row 8 claim_id",
        "claims.ndjson row 9",
    ]
    assert reading.rows_read == 8
    assert reading.notes == ("claims.ndjson: keys not used, they are not known: 'mood'",)


def test_repeats_across_chunks(tmp_path: Path) -> None:
    """A claim may come back a million rows later: its lines count on and a repeat names the first row."""
    path = tmp_path / "claims.csv"
    middle = "".join(f"M{number},1,2024-08-15,77002\n" for number in range(20_000))
    row = "A,{},2024-08-15,77002\n"
    path.write_text(f"claim_id,line,dos,cpt\n{row.format(1)}{middle}{row.format('')}{row.format(1)}{row.format('')}")
    reading = whole(path, rows=3_000)
    # Rows 3 to 20002 stand between. Row 20003 follows line 1 of row 2; row 20004 says 1 again; row 20005 follows
    # that and would be 2, which row 20003 is.
    assert [(problem.line, problem.error["error"]) for problem in reading.problems] == [
        (1, "line 1 of claim A stands in row 2 already"),
        (2, "line 2 of claim A stands in row 20003 already"),
    ]
    assert reading.table.num_rows == 20_002


def test_two_files(tmp_path: Path) -> None:
    """Files of one name are told apart by their folder; chunks hold lines of one file; claims count per file."""
    paths = [tmp_path / folder / "claims.csv" for folder in ("may", "june")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("claim_id,dos,cpt\nA,2024-08-15,77002\n")
    chunks = list(open_book([str(path) for path in paths]).chunks())
    assert [chunk.table["where"].to_pylist() for chunk in chunks] == [[f"{path} row 2"] for path in paths]
    assert [chunk.table["line"].to_pylist() for chunk in chunks] == [[1], [1]]


def test_a_book_without_rows(tmp_path: Path) -> None:
    """Headings alone are one chunk of no rows, and its notes are told."""
    path = tmp_path / "claims.csv"
    path.write_text("dos,cpt\n")
    (chunk,) = open_book([path]).chunks()
    assert (chunk.table.num_rows, chunk.rows_read) == (0, 0)
    assert "no claim_id column" in chunk.notes[0]


def test_strict_book(tmp_path: Path) -> None:
    """Strict raises the error of the first bad row."""
    with pytest.raises(InvalidCodeError, match=r"claims\.parquet row 2 cpt: '7702' is not a HCPCS code"):
        list(open_book([parquet(tmp_path, dos=["2024-08-15"] * 2, cpt=["77002", "7702"])], strict=True).chunks())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "can't be read"),
        ("a.parquet", b"PAR1 and no more", "the Parquet file can't be read"),
        ("a.csv", b"claim,units\nA,1\n", "no column for service_date and hcpcs"),
        ("a.csv", b"", "the file is empty"),
        ("a.xlsx", b"PK\x03\x04", "Excel"),
        ("a.csv.gz", gzip.compress(b"dos,cpt\n")[:-6], "gzip file is damaged"),
    ],
)
def test_books_that_are_none(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    """A file that can't be a book is refused before anything is read, and named."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ClaimInputError, match=said) as caught:
        open_book([path])
    assert caught.value.where.startswith(name)
    assert caught.value.remedy


def test_parquet_columns_that_clash(tmp_path: Path) -> None:
    """Two names for one column are refused; an unknown one is noted."""
    with pytest.raises(ClaimInputError, match="both hcpcs"):
        open_book([parquet(tmp_path, dos=["2024-08-15"], cpt=["77002"], code=["77002"])])
    reading = whole(parquet(tmp_path, dos=["2024-08-15"], cpt=["77002"], mood=["glad"]))
    assert "'mood'" in reading.notes[0]


def test_a_reader_of_numbered_lines_need_not_remember_claims(tmp_path: Path) -> None:
    """Where every row states its line, the lines are the same without a memory of claims; repeats are then left."""
    table = read_claims_csv(EXAMPLE).table
    path = tmp_path / "claims.parquet"
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path)
    (remembering,) = open_book([path]).chunks(1000)
    (forgetting,) = open_book([path], tell_repeats=False).chunks(1000)
    assert remembering.table.equals(table)
    assert len(remembering.problems) == 1
    assert forgetting.table.slice(0, len(table)).equals(table)
    assert (len(forgetting.table), forgetting.problems) == (len(table) + 1, ())
