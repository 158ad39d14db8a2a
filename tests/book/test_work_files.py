"""The work files of a book: what was written chunk by chunk comes back bucket by bucket, and ties are found."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trocar.book.gather import WorkFiles
from trocar.book.keys import ties, write_pairs
from trocar.book.partition import keys_file, move_tied, write_chunk
from trocar.claims.model import ClaimLine, claim_table
from trocar.claims.table import CLAIM_SCHEMA

BUCKETS = 5
MEBIBYTE = 1 << 20
# Columns that some chunk has as texts, another with a dictionary, and a third not at all.
NAMES = st.sampled_from(["", "A", "B", "C", "D", "E"])
LINES = st.builds(
    ClaimLine,
    claim_id=st.sampled_from(["1", "2", "3", "4", "5", "6"]),
    line=st.integers(1, 9),
    service_date=st.sampled_from([date(2024, 7, 1), date(2024, 8, 2)]),
    hcpcs=st.sampled_from(["77002", "20610", "76942"]),
    units=st.one_of(st.none(), st.integers(1, 3)),
    diagnoses=st.sampled_from([(), ("M170",), ("M170", "M25561")]),
    patient_id=st.one_of(st.none(), NAMES),
    payer=st.one_of(st.none(), NAMES),
    not_billed=st.one_of(st.none(), st.booleans()),
)
BOOKS = st.lists(st.tuples(st.lists(LINES, max_size=12), st.sampled_from(["plain", "encoded"])), min_size=1, max_size=4)


def told(lines: pa.Table, form: str) -> pa.Table:
    """The table as a reader gives it: encoded, few texts have a dictionary and a column of nulls has no type."""
    if form == "plain":
        return lines
    columns = []
    for column in lines.columns:
        cells = column.combine_chunks()
        if cells.null_count == len(cells):
            cells = pa.nulls(len(cells))
        elif pa.types.is_string(cells.type):
            values = pa.array([*dict.fromkeys(cells.to_pylist())], pa.string())
            numbers = {value: number for number, value in enumerate(values.to_pylist())}
            cells = pa.DictionaryArray.from_arrays(pa.array([numbers[one] for one in cells.to_pylist()]), values)
        columns.append(cells)
    return pa.table(columns, names=lines.schema.names)


def plain(lines: pa.Table) -> list[dict[str, object]]:
    """The lines as Python holds them."""
    return lines.select(CLAIM_SCHEMA.names).to_pylist()


@settings(max_examples=40, deadline=None)
@given(BOOKS, st.sampled_from([1, 3, 100]), st.integers(0, 4))
def test_lines_come_back_by_bucket(book: list[tuple[list[ClaimLine], str]], most: int, most_open: int) -> None:
    """Every line once, whatever form its chunk had, each key in one slice, each slice in input order."""
    tables = [claim_table(lines) for lines, _ in book]
    whole = plain(pa.concat_tables(tables))
    with TemporaryDirectory() as folder:
        chunks, first = [], 1
        for number, (table, (_, form)) in enumerate(zip(tables, book, strict=True)):
            counts = write_chunk(Path(folder), str(number), told(table, form), BUCKETS)
            assert counts.sum() == table.num_rows
            chunks.append((str(number), first))
            first += table.num_rows
        files = WorkFiles(Path(folder), chunks, most_open)
        assert files.counts(range(BUCKETS)).sum() == len(whole)
        slices = list(files.slices(range(BUCKETS), most))
        rows = [piece["row"].to_pylist() for piece in slices]
        assert sorted(row for piece in rows for row in piece) == list(range(1, len(whole) + 1))
        assert all(piece == sorted(piece) for piece in rows)
        for piece in slices:
            assert plain(piece) == [whole[row - 1] for row in piece["row"].to_pylist()]
        keys = [set(piece["key"].to_pylist()) for piece in slices]
        assert sum(map(len, keys)) == len(set().union(*keys))
        for bucket in range(BUCKETS):
            of_bucket = files.lines(range(bucket, bucket + 1))
            assert set((of_bucket["key"].to_numpy() % BUCKETS).tolist()) <= {bucket}
            assert of_bucket["row"].to_pylist() == sorted(of_bucket["row"].to_pylist())


PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12)


@settings(deadline=None)
@given(st.lists(PAIRS, max_size=4), st.sampled_from([16, 200, MEBIBYTE]), st.integers(1, 3))
def test_ties_whatever_the_memory(chunks: list[list[tuple[int, int]]], memory: int, processors: int) -> None:
    """A key goes under the smallest that claims lead to, one after the other; found by walking from key to key."""
    pairs = [pair for chunk in chunks for pair in chunk]
    smallest = {}
    for start in {key for _, key in pairs}:
        reached = {start}
        while more := {b for claim, a in pairs if a in reached for other, b in pairs if other == claim} - reached:
            reached |= more
        if min(reached) != start:
            smallest[start] = min(reached)
    with TemporaryDirectory() as folder:
        files = [keys_file(Path(folder), str(number)) for number in range(len(chunks))]
        for file, chunk in zip(files, chunks, strict=True):
            claims, keys = np.array(chunk, np.uint64).reshape(-1, 2).T
            write_pairs(file, pa.table({"claim": claims, "key": keys}))
        moved, under = ties(files, memory, processors)
    assert dict(zip(moved.tolist(), under.tolist(), strict=True)) == smallest


def test_tied_lines_move_to_the_bucket_of_their_smallest_key(tmp_path: Path) -> None:
    """A claim of two patients: all lines of both go to one bucket, still in input order."""
    lines = [
        ClaimLine(claim_id=claim, line=number, service_date=date(2024, 7, 1), hcpcs="77002", patient_id=patient)
        for number, (claim, patient) in enumerate([("1", "A"), ("2", "B"), ("1", "B"), ("3", "A"), ("4", "C")], 1)
    ]
    write_chunk(tmp_path, "0", claim_table(lines), BUCKETS)
    before = WorkFiles(tmp_path, [("0", 1)]).lines(range(BUCKETS))
    key_of = dict(zip(before["line"].to_pylist(), before["key"].to_pylist(), strict=True))
    counts = move_tied(tmp_path, "0", ties([keys_file(tmp_path, "0")], MEBIBYTE, 1), BUCKETS)
    assert counts is not None
    assert counts.sum() == len(lines)
    smallest = min(key_of[1], key_of[2])
    bucket = smallest % BUCKETS
    moved = WorkFiles(tmp_path, [("0", 1)]).lines(range(bucket, bucket + 1))
    assert [line for line in moved["line"].to_pylist() if line != 5] == [1, 2, 3, 4]
    assert set(moved["key"].to_pylist()) <= {smallest, key_of[5]}


def test_no_tie_moves_nothing(tmp_path: Path) -> None:
    """One claim, one patient: the chunk stays as it is."""
    line = ClaimLine(claim_id="1", line=1, service_date=date(2024, 7, 1), hcpcs="77002", patient_id="A")
    write_chunk(tmp_path, "0", claim_table([line]), BUCKETS)
    assert move_tied(tmp_path, "0", ties([keys_file(tmp_path, "0")], MEBIBYTE, 1), BUCKETS) is None


@pytest.mark.parametrize("form", ["plain", "encoded"])
def test_a_chunk_without_lines(form: str, tmp_path: Path) -> None:
    """A file without rows is a chunk, and the book has one slice without lines."""
    write_chunk(tmp_path, "0", told(claim_table([]), form), BUCKETS)
    slices = list(WorkFiles(tmp_path, [("0", 1)]).slices(range(BUCKETS), 10))
    assert [piece.num_rows for piece in slices] == [0]
    assert ties([keys_file(tmp_path, "0")], MEBIBYTE, 2)[0].tolist() == []
    # Ties of other chunks move nothing here.
    assert move_tied(tmp_path, "0", (np.array([2], np.uint64), np.array([1], np.uint64)), BUCKETS) is None


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_more_chunks_than_files_may_be_open(tmp_path: Path) -> None:
    """A book of 700 files, where 550 more may be open."""
    import resource

    line = ClaimLine(claim_id="1", line=1, service_date=date(2024, 7, 1), hcpcs="77002")
    chunks = [(str(number), number + 1) for number in range(700)]
    for name, _ in chunks:
        write_chunk(tmp_path, name, claim_table([line]), BUCKETS)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 550, hard))
    try:
        lines = WorkFiles(tmp_path, chunks).lines(range(BUCKETS))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert lines["row"].to_pylist() == list(range(1, 701))
