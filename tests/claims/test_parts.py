"""A book cut in parts: each is read on its own, in any process, and together they are the book."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trocar.claims import parquet, split
from trocar.claims.books import BookFile, open_book
from trocar.claims.csv import ClaimReading, read_claims_csv
from trocar.claims.table import CLAIM_SCHEMA

ROWS = 6_000
HEADINGS = "claim,line,dos,cpt,patient,dx"


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a thousand rows (of 64 KiB at least, where they are text)."""
    monkeypatch.setattr(split, "ROWS_PER_PART", 1_000)
    monkeypatch.setattr(parquet, "ROWS_PER_PART", 1_000)


def rows() -> list[str]:
    """Rows of two-line claims; each 500th code has four characters only."""
    return [
        f"CLAIM-{number // 2:08d},{number % 2 + 1},2024-08-{number % 28 + 1:02d},"
        f"{'7702' if number % 500 == 499 else '77002'},PATIENT-{number // 7:06d},M54.16"
        for number in range(ROWS)
    ]


def csv_file(folder: Path, lines: list[str], headings: str = HEADINGS, name: str = "claims.csv") -> Path:
    path = folder / name
    content = "\n".join([headings, *lines, ""]).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def parts_of(path: Path) -> tuple[BookFile, ...]:
    """The parts as another process gets them."""
    parts: tuple[BookFile, ...] = pickle.loads(pickle.dumps(open_book([path], tell_repeats=False).parts()))
    return parts


def together(parts: tuple[BookFile, ...], *, encoded: bool = False) -> ClaimReading:
    chunks = [chunk for part in parts for chunk in part.chunks(encoded=encoded)]
    tables = [decoded(chunk.table) for chunk in chunks]
    return ClaimReading(
        pa.concat_tables(tables).combine_chunks(),
        tuple(problem for chunk in chunks for problem in chunk.problems),
        sum(chunk.rows_read for chunk in chunks),
        tuple(dict.fromkeys(note for chunk in chunks for note in chunk.notes)),
    )


def decoded(table: pa.Table) -> pa.Table:
    """A table whose columns may be dictionaries or nulls, as the claim table."""
    return pa.Table.from_pylist(table.to_pylist(), CLAIM_SCHEMA)


@pytest.mark.parametrize("encoded", [False, True])
def test_a_csv_whose_rows_state_their_lines(tmp_path: Path, encoded: bool) -> None:
    """Several parts; lines, addresses and problems are those of the whole file, row numbers included."""
    path = csv_file(tmp_path, rows())
    parts = parts_of(path)
    # 6,000 rows of 52 characters are 305 KiB: five parts of 64 KiB, or a little less, and what is left.
    assert len(parts) > 3
    assert together(parts, encoded=encoded) == read_claims_csv(path)


def test_a_byte_order_mark_moves_nothing(tmp_path: Path) -> None:
    """The mark stands before the headings; the lines are counted from after it."""
    path = csv_file(tmp_path, rows())
    expected = together(parts_of(path))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(parts_of(path)) > 3
    assert together(parts_of(path)) == expected


def test_rows_that_are_claims_of_their_own(tmp_path: Path) -> None:
    """Without a claim id no row needs another: the file is cut, line column or not."""
    path = csv_file(tmp_path, ["2024-08-15,77002"] * 10_000, "dos,cpt")
    assert len(parts_of(path)) > 1
    assert together(parts_of(path)) == read_claims_csv(path)


@pytest.mark.parametrize("name", ["a row without number", "no line column", "a line break in a cell", "compressed"])
def test_what_can_not_be_cut(tmp_path: Path, name: str) -> None:
    """One part, and the same lines as ever."""
    lines, headings = rows(), HEADINGS
    if name == "a row without number":
        lines[4_001] = lines[4_001].replace(",2,", ",,", 1)
    elif name == "no line column":
        headings = headings.replace(",line,", ",note,")
    elif name == "a line break in a cell":
        lines[4_001] += '\nCLAIM-9,1,2024-08-15,77002,"a\nb",M54.16'
    path = csv_file(tmp_path, lines, headings, "claims.csv.gz" if name == "compressed" else "claims.csv")
    assert len(parts_of(path)) == 1
    assert together(parts_of(path)) == read_claims_csv(path)


@pytest.mark.parametrize("encoded", [False, True])
def test_parquet_is_cut_between_row_groups(tmp_path: Path, encoded: bool) -> None:
    """Row groups of 400 rows go two by two into parts of up to a thousand."""
    table = read_claims_csv(csv_file(tmp_path, rows())).table
    path = tmp_path / "claims.parquet"
    pq.write_table(table, path, row_group_size=400)
    parts = parts_of(path)
    # 6,000 rows less 12 with a bad code are 5,988: 15 groups, two to a part.
    assert len(parts) == 8
    assert together(parts, encoded=encoded).table == table


def test_parquet_without_line_numbers_is_read_in_order(tmp_path: Path) -> None:
    """The number of a line hangs on the rows before: one part."""
    path = tmp_path / "claims.parquet"
    pq.write_table(pa.table({"claim": ["A"] * 50, "dos": ["2024-08-15"] * 50, "cpt": ["77002"] * 50}), path, 10)
    assert len(parts_of(path)) == 1
    assert together(parts_of(path)).table["line"].to_pylist() == list(range(1, 51))


def test_repeated_lines_need_the_whole_file(tmp_path: Path) -> None:
    """Who has the reader tell repeated lines gets one part."""
    assert len(open_book([csv_file(tmp_path, rows())]).parts()) == 1


def test_files_that_name_no_claims_are_told_apart(tmp_path: Path) -> None:
    """Row 2 of two files is two claims, whatever address its line brought along."""
    paths = [tmp_path / name for name in ("a.parquet", "b.parquet")]
    for path in paths:
        pq.write_table(pa.table({"dos": ["2024-08-15"], "cpt": ["77002"], "where": ["sheet 1"]}), path)
    book = open_book(paths, tell_repeats=False, several=True)
    ids = [chunk.table["claim_id"].to_pylist() for part in book.parts() for chunk in part.chunks()]
    assert ids == [["a.parquet row 1"], ["b.parquet row 1"]]
