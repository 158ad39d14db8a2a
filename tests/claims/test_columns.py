"""Columns and rows are one reader: whatever the file, the same table and the same problems, in chunks of any size."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oracle.row_reader import read_row_by_row
from trocar.claims.books import open_book
from trocar.claims.csv import ClaimReading, read_claims_csv
from trocar.core.errors import TrocarError

# Cells that read well, among them odd forms that mean the same.
GOOD = {
    "claim_id": ["A", "A", "B", " A ", "C 1", "C  1", '="A"', "É", "\u00a0A", "12-3"],
    "line": ["", "", "1", "2", "3.0", "999999", '=""', "01"],
    "dos": ["2024-08-15", "8/15/2024", "20240815", " 2024-8-5"],
    "cpt": ["77002", "20610", "g0105", '="00100"'],
    "mods": ["", "26", "26 59", "26,59", "rt"],
    "m1": ["", "", "26", "26"],
    "m2": ["", "", "59"],
    "units": ["", "1", "2.0", "9999999"],
    "charge": ["", "10.00", "$1,234.50", "0", "999999999.99", ".5", "5.", "1.230", "0.07"],
    "pos": ["", "11", "2"],
    "zip": ["", "10001", "10001-1234"],
    "locality": ["", "", "NATIONAL", "13202-01"],
    "mac": ["", "", "13202"],
    "dx": ["", "M17.11 C61", "M17.11,C61", " ;C61; ", "C61\u2003m17.11", "C61", ";"],
    "dx1": ["", "", "C61"],
    "dx2": ["", "", "M17.11"],
    "ptr": ["", "", "", "A", "1", "BA", "1:2"],
    "ptr_1": ["", "", "", "A"],
    "setting": ["", "ASC", "hospital"],
    "npi": ["", "1234567890"],
    "taxonomy": ["", "207x00000x"],
    "patient": ["", "P 1", "P-1"],
    "payer": ["", "Plan  7", "Plan 7"],
    "qp": ["", "Y"],
    "hpsa": ["", "0", "t"],
    "deductible": ["", "50", "50.10"],
    "prior_outcome": ["", "denied", "paid"],
    "line_control_number": ["", "L 1", "12E4"],
    "remark": ["", "", "two words", 'a "quoted" word', "a, b", "two\nlines"],
    "": ["", "", "x"],
}
# Cells that don't, of every kind that the format page names.
BAD = {
    "claim_id": ["", "1.2E+11", "1E+5", "#REF!", "=A1"],
    "line": ["0", "x", "1.5"],
    "dos": ["15/8/2024", "", "45519", "1024-08-15"],
    "cpt": ["7702", "77002-26", "", "=1+1", "77OO2"],
    "mods": ["2659", "26 59 RT 76 22", "26.0"],
    "m1": ["2", "26 59 RT 76"],
    "m2": ["*"],
    "ptr": ["12", "Z", "1:13", "ABCDE", "0"],
    "units": ["0", "-1", "1.5", "10000000"],
    "charge": ["1.005", "12,50", "-5.00", "99999999999.00", "٣.٠٠", "."],
    "pos": ["111", "11.0"],
    "zip": ["2134", "ABC"],
    "locality": ["01", "5", "x"],
    "mac": ["2102", "13202"],
    "dx": ["M1711|724.2", "...", "=1", " ".join(["C61"] * 13), "C61.", "1"],
    "dx1": ["x"],
    "setting": ["facility"],
    "npi": ["1.23E+09"],
    "patient": ["#N/A", "=A1"],
    "payer": ["#REF!", "1E+11"],
    "qp": ["maybe"],
    "hpsa": ["maybe"],
    "deductible": ["50.123"],
    "prior_outcome": ["pending"],
}


@st.composite
def claim_files(draw: st.DrawFn) -> bytes:
    """A claim CSV of some columns: clean and bad cells, short, long and blank rows, quotes as writers put them."""
    chance = draw(st.randoms(use_true_random=True))
    others = chance.sample([name for name in GOOD if name not in ("dos", "cpt", "claim_id")], chance.randint(0, 9))
    if chance.random() < 0.8:  # most files say a thing once
        others = [name for name in others if name not in ("m1", "m2", "dx1", "mac")]
    headings = ["dos", "cpt", *others, *(["claim_id"] if chance.random() < 0.8 else [])]
    chance.shuffle(headings)
    mistakes = chance.choice([0, 0.02, 0.1])
    stream = io.StringIO(newline="")
    line_end = chance.choice(["\n", "\n", "\r\n", "\r"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(stream, delimiter=chance.choice(",;\t|"), lineterminator=line_end, quoting=quoting)
    writer.writerow(headings)
    for _ in range(draw(st.integers(0, 12))):
        row = [chance.choice((BAD if name in BAD and chance.random() < mistakes else GOOD)[name]) for name in headings]
        kind = chance.choice(["row"] * 12 + ["short", "long", "longer", "blank", "empty"])
        if kind == "short":
            row = row[: chance.randint(1, len(row))]
        elif kind in ("long", "longer"):
            row += ["", "x" if kind == "longer" else " "]
        elif kind == "blank":
            row = [" "] * len(row)
        if kind == "empty":
            stream.write(line_end)
        else:
            writer.writerow(row)
    text = stream.getvalue()
    broken = chance.choice([""] * 6 + ['"', 'x"y,', '"a"b,', "\r"])
    at = chance.randint(0, len(text)) if broken else 0
    return (text[:at] + broken + text[at:]).encode()


def answer(read: object, *arguments: object, **options: object) -> object:
    """What a reader answers, or what it raises."""
    try:
        reading = read(*arguments, **options)  # type: ignore[operator]
    except TrocarError as error:
        return error.to_dict()
    assert isinstance(reading, ClaimReading)
    reading.table.validate(full=True)
    return reading.table.to_pylist(), reading.problems, reading.rows_read, reading.notes


def in_chunks(path: Path, rows: int) -> ClaimReading:
    """A file read as a book, its chunks put together."""
    chunks = list(open_book([path]).chunks(rows))
    assert all(chunk.rows_read <= rows for chunk in chunks)
    return ClaimReading(
        pa.concat_tables([chunk.table for chunk in chunks]),
        tuple(problem for chunk in chunks for problem in chunk.problems),
        sum(chunk.rows_read for chunk in chunks),
        tuple(note for chunk in chunks for note in chunk.notes),
    )


@settings(max_examples=400, deadline=None)
@given(content=claim_files(), strict=st.booleans())
@example(content=b"dos,cpt,remark\n,,\n,,x\n\n2024-08-15,77002\n2024-08-15,77002,,,\n", strict=False)
@example(content=b"dos,cpt,,\n2024-08-15,77002,,x\n2024-08-15,77002,,\n,,,y\n", strict=False)
def test_columns_read_as_rows_do(content: bytes, strict: bool) -> None:
    """The column reader gives the table, the problems and their order, the count and the notes of the row reader."""
    assert answer(read_claims_csv, io.BytesIO(content), strict=strict) == answer(
        read_row_by_row, content, strict=strict
    )


@settings(max_examples=150, deadline=None)
@given(content=claim_files(), rows=st.integers(1, 5))
def test_chunks_of_any_size(content: bytes, rows: int) -> None:
    """A file read chunk by chunk is the file read at once: lines count on, and a repeat is known across chunks."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.csv"
        path.write_bytes(content)
        whole, parts = answer(read_row_by_row, content), answer(in_chunks, path, rows)
    assert parts == whole


@pytest.mark.parametrize("at", range(3))
def test_a_late_quote_changes_no_earlier_row(at: int) -> None:
    """Where quotes stop being plain the rows are split one by one, and rows keep their numbers."""
    lines = [f"C{number},2024-08-15,77002,x" for number in range(30_000)]
    lines[(0, 15_000, 29_999)[at]] += ' "'
    lines[20_000] = 'C,2024-08-15,7702,"two\nlines"'
    content = "\n".join(["claim_id,dos,cpt,remark", *lines]).encode()
    assert answer(read_claims_csv, io.BytesIO(content)) == answer(read_row_by_row, content)
