"""The synthetic claim book: the same bytes for the same seed, clean where it says so, every planted error found."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trocar
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.codes import Npi

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "examples"), str(REPOSITORY / "bench")]

from claim_book.consequences import NOT_IN_THE_TRUTH  # noqa: E402 - the examples folder is no package
from claim_book.draw import Book, npi  # noqa: E402
from claim_book.planted import KINDS  # noqa: E402
from claim_book.write import plain_table  # noqa: E402
from generate_claims import book, main, rates_of, write_book  # noqa: E402
from recall import findings  # noqa: E402

LINES, SEED = 10_000, 3


@pytest.fixture(scope="module")
def small() -> Book:
    """A book of 10,000 lines from the starter pack."""
    return book(LINES, SEED)


@pytest.fixture(scope="module")
def tables(small: Book) -> tuple[pa.Table, pa.Table]:
    """Its claims and its truth."""
    return plain_table(small.chunks())


def triples(truth: pa.Table) -> set[tuple[str, int, str]]:
    """The truth as claim, line and rule."""
    return {(row["claim_id"], row["line"], row["rule"]) for row in truth.to_pylist()}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_book_of_10000_lines_takes_less_than_10_seconds(tmp_path: Path) -> None:
    """Of one processor, from the command line to the written file, the reading of the store included."""
    start = process_time()
    assert main(["--lines", str(LINES), "-o", str(tmp_path / "book.parquet")]) == 0
    assert process_time() - start < 10


@pytest.mark.parametrize("shuffle", [False, True])
def test_the_same_seed_gives_the_same_bytes(small: Book, tmp_path: Path, shuffle: bool) -> None:
    """Twice the same book; another seed, another one."""
    for name in ("one", "two"):
        write_book(
            small, tmp_path / name, "parquet", truth=tmp_path / f"{name}-truth" / "truth.parquet", shuffle=shuffle
        )
    for folder in ("{}", "{}-truth"):
        assert bytes_of(tmp_path / folder.format("one")) == bytes_of(tmp_path / folder.format("two"))
    other, _ = plain_table(Book(small.library, small.practitioners, LINES, SEED + 1, small.rates).chunks())
    assert not other["hcpcs"].equals(pq.read_table(tmp_path / "one" / "part-00000.parquet")["hcpcs"])


@pytest.mark.parametrize("lines", [1, 7, 10_000, 130_001])
def test_a_book_has_exactly_the_lines_asked_for(small: Book, lines: int) -> None:
    """No line more or less, whatever the claims that would fit; line numbers are unique within a claim."""
    table, _ = plain_table(Book(small.library, small.practitioners, lines, SEED, small.rates).chunks())
    assert len(table) == lines
    assert len(set(zip(table["claim_id"].to_pylist(), table["line"].to_pylist(), strict=True))) == lines


def test_a_parquet_book_reads_back_as_the_claim_table(small: Book, tmp_path: Path) -> None:
    """Names, types and nullability are those of the claim table, and every line names its row."""
    write_book(small, tmp_path / "book.parquet", "parquet")
    table = pq.read_table(tmp_path / "book.parquet")
    assert table.schema.equals(CLAIM_SCHEMA)
    assert table["where"][16].as_py() == "book.parquet row 17"


def test_a_csv_book_says_the_same_as_a_parquet_one(
    small: Book, tables: tuple[pa.Table, pa.Table], tmp_path: Path
) -> None:
    """The CSV reader accepts every row, and reads what was meant."""
    write_book(small, tmp_path / "book.csv", "csv")
    reading = trocar.read_claims_csv(tmp_path / "book.csv")
    assert reading.problems == ()
    expected = tables[0]
    for name in CLAIM_SCHEMA.names:
        if name != "where":
            assert reading.table[name].to_pylist() == expected[name].to_pylist(), name


def test_a_shuffled_book_has_the_same_lines(small: Book, tables: tuple[pa.Table, pa.Table], tmp_path: Path) -> None:
    """Shuffling moves lines and changes none; claims are torn apart."""
    write_book(small, tmp_path / "book", "parquet", shuffle=True)
    shuffled = pq.read_table(tmp_path / "book" / "part-00000.parquet").drop_columns(["where"])
    keys = [("claim_id", "ascending"), ("line", "ascending")]
    assert shuffled["claim_id"].to_pylist() != sorted(shuffled["claim_id"].to_pylist())
    assert shuffled.sort_by(keys).equals(tables[0].drop_columns(["where"]).sort_by(keys))


def test_a_book_without_planted_errors_has_nothing_to_fix(small: Book) -> None:
    """No deny and no review finding on the starter pack, and no line due in the truth."""
    clean = Book(small.library, small.practitioners, 20_000, SEED, {})
    table, truth = plain_table(clean.chunks())
    assert len(truth) == 0
    assert findings(table, None) == set()


def test_every_finding_due_is_made_and_no_other(small: Book) -> None:
    """On 30,000 lines the findings to fix are exactly those of the truth, planted and entailed.

    Rules that the truth leaves out speak only of claims with a planted error, or of patients with several claims.
    """
    table, truth = plain_table(Book(small.library, small.practitioners, 30_000, SEED, small.rates).chunks())
    found = findings(table, None)
    left_out = {one for one in found if one[2] in NOT_IN_THE_TRUTH}
    assert found - left_out == triples(truth)
    patient_of = dict(zip(table["claim_id"].to_pylist(), table["patient_id"].to_pylist(), strict=True))
    claims_of = Counter(patient_of.values())
    planted = set(truth["claim_id"].to_pylist())
    assert left_out
    assert all(claim in planted or claims_of[patient_of[claim]] > 1 for claim, _, _ in left_out)


def test_every_kind_is_planted_and_found(tables: tuple[pa.Table, pa.Table]) -> None:
    """Each kind of error is in a book of 10,000 lines, and its rule finds it at least once."""
    found = findings(tables[0], None)
    for kind in KINDS:
        planted = {
            (row["claim_id"], row["line"], row["rule"])
            for row in tables[1].to_pylist()
            if row["kind"] == kind.name and row["planted"]
        }
        assert planted & found, kind.name


def test_about_eight_in_a_hundred_claims_have_a_planted_error(tables: tuple[pa.Table, pa.Table]) -> None:
    """The default rate is 8%, give or take one."""
    claims, planted = (len(set(table["claim_id"].to_pylist())) for table in tables)
    assert 0.07 < planted / claims < 0.09


def test_some_patient_days_are_spread_over_two_claims(tables: tuple[pa.Table, pa.Table]) -> None:
    """One patient, practitioner and day on two claims; and patients that come on several days."""
    rows = tables[0].select(["patient_id", "rendering_npi", "service_date", "claim_id"]).to_pylist()
    days: dict[tuple[object, ...], set[str]] = {}
    for row in rows:
        days.setdefault((row["patient_id"], row["service_date"]), set()).add(row["claim_id"])
    assert max(map(len, days.values())) == 2
    assert len({patient for patient, _ in days}) < len(days)


def test_npis_have_their_check_digit() -> None:
    """123456789 gets the digit 3, the example of the standard; the engine's own reading agrees."""
    # 80840 + 123456789, every second digit from the right doubled: the digits add up to 67, and 70 - 67 = 3.
    assert npi(123_456_789) == "1234567893"
    assert all(Npi.parse(npi(100_000_000 + number)).check_digit_holds for number in range(50))


@pytest.mark.parametrize("settings", [["no such kind=0.1"], ["1.5"], ["duplicate line=-0.1"]])
def test_a_rate_that_makes_no_sense_is_refused(settings: Sequence[str]) -> None:
    """Unknown kinds, shares above one, and negative ones."""
    with pytest.raises(ValueError, match=r"kind|rates"):
        rates_of(settings)


def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Parts of an earlier book must not mix with those of a new one."""
    (tmp_path / "part-00009.parquet").write_bytes(b"")
    assert main(["--lines", "10", "-o", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_months_without_a_fee_schedule_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2010 is not held: exit code 2 and a reason, no file."""
    assert main(["--lines", "10", "--month-range", "2010-01", "-o", str(tmp_path / "book.csv")]) == 2
    assert "no fee schedule in 2010-01" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
