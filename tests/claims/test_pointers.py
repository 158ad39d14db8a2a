"""Diagnosis pointers: a line has the diagnoses that it points to, and no pointer is guessed at."""

from __future__ import annotations

import io

import pytest

from trocar.claims.csv import ClaimReading, read_claims_csv
from trocar.claims.headings import NUMBERED
from trocar.claims.pointers import parse_pointers
from trocar.core.errors import ClaimInputError

HEAD = "dos,cpt,dx1,dx2,dx3,dx12,ptr\n"
# Four columns of diagnoses, of which the second is empty: A, C and L are held.
ROW = "2024-08-15,77002,M17.11,,R52,C61,"


def read(text: str) -> ClaimReading:
    return read_claims_csv(io.BytesIO(text.encode()))


@pytest.mark.parametrize(
    ("pointers", "diagnoses"),
    [
        ("", ["M1711", "R52", "C61"]),
        ("A", ["M1711"]),
        ("ca", ["R52", "M1711"]),
        ('"C,A"', ["R52", "M1711"]),
        ("L", ["C61"]),
        ("1:12", ["M1711", "C61"]),
        ("3", ["R52"]),
        ("3.0", ["R52"]),
        ("AA", ["M1711"]),
    ],
)
def test_a_line_has_the_diagnoses_it_points_to(pointers: str, diagnoses: list[str]) -> None:
    """In the order of its pointers, each once; positions are those of the columns, gaps counted."""
    assert read(f"{HEAD}{ROW}{pointers}\n").table["diagnoses"].to_pylist() == [diagnoses]


@pytest.mark.parametrize(
    ("pointers", "said"),
    [
        ("B", "pointer B (2) points to no diagnosis"),
        ("AD", "pointer D (4) points to no diagnosis"),
        ("12", "'12' is not a diagnosis pointer"),
        ("M", "'M' is not a diagnosis pointer"),
        ("0", "'0' is not a diagnosis pointer"),
        ("1:13", "'1:13' is not a diagnosis pointer"),
        ("ABCDE", "5 diagnosis pointers on one line"),
    ],
)
def test_a_pointer_that_means_nothing_or_several_things_is_refused(pointers: str, said: str) -> None:
    """The row is told with its cell, and not read with other diagnoses than it asks for."""
    reading = read(f"{HEAD}{ROW}{pointers}\n")
    assert reading.table.num_rows == 0
    (problem,) = reading.problems
    assert problem.where == "claims.csv G2"
    assert problem.error["error"].startswith(said)


def test_positions_count_in_one_cell_of_diagnoses_too() -> None:
    """The second of three codes in a cell is B."""
    assert read("dos,cpt,dx,ptr\n2024-08-15,77002,M17.11 R52 C61,B\n").table["diagnoses"].to_pylist() == [["R52"]]


def test_a_row_without_diagnoses_points_to_nothing() -> None:
    """Files that give the diagnoses on the first line of a claim only are read as before."""
    reading = read("claim_id,dos,cpt,dx1,ptr\nA,2024-08-15,77002,M17.11,A\nA,2024-08-15,20610,,A\n")
    assert reading.table["diagnoses"].to_pylist() == [["M1711"], []]


@pytest.mark.parametrize("stem", NUMBERED["diagnosis_pointer"][1])
def test_pointers_in_columns_of_their_own(stem: str) -> None:
    """As an 837 in columns has them, four."""
    head = f"dos,cpt,diagnosis_code_1,diagnosis_code_2,{stem}_1,{stem}_2\n"
    assert read(f"{head}2024-08-15,77002,M17.11,R52,2,1\n").table["diagnoses"].to_pylist() == [["R52", "M1711"]]


def test_a_pointer_is_read_alone() -> None:
    """Letters are positions from A, numbers from 1."""
    assert parse_pointers("B") == parse_pointers("2") == (2,)
    assert parse_pointers(" a / c ") == (1, 3)
    with pytest.raises(ClaimInputError):
        parse_pointers("123")
