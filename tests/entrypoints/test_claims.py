"""Claims converted to the claim table: the lines and the rows that can't be read are those of a check."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trocar.claims.csv import read_claims_csv
from trocar.claims.table import CLAIM_SCHEMA

from .conftest import Run, json_lines

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "claims.csv"


def test_the_table_is_what_the_reader_read(run: Run, tmp_path: Path) -> None:
    """Every line with its type and its address in the CSV; the row that can't be read is listed, and the code is 3."""
    target = tmp_path / "claims.parquet"
    result = run(f"claims convert {SAMPLE} -o {target} --format json")
    table = pq.read_table(target)
    assert table.schema.equals(CLAIM_SCHEMA)
    assert table.equals(read_claims_csv(SAMPLE).table)
    problem, summary = json_lines(result)
    assert problem["where"].startswith("claims.csv ")
    assert problem["needs"] == "readable input"
    # The sample has 52 rows, one of them with a code of four characters.
    assert summary["summary"] == {
        "rows_read": 52,
        "lines": 51,
        "rows_not_readable": 1,
        "notes": [],
        "output": str(target),
    }
    assert result.exit_code == 3


def test_a_converted_book_checks_as_its_csv(run: Run, tmp_path: Path) -> None:
    """The findings of the table are those of the CSV, but for the row that is no longer there."""
    target = tmp_path / "claims.parquet"
    run(f"claims convert {SAMPLE} -o {target}")
    before = [
        row for row in json_lines(run(f"check {SAMPLE} --format json"))[:-1] if row.get("needs") != "readable input"
    ]
    assert json_lines(run(f"check {target} --format json"))[:-1] == before


def test_text_and_csv(run: Run, tmp_path: Path) -> None:
    """People see the cell and what to do; the CSV has one row per row that can't be read."""
    text = run(f"claims convert {SAMPLE} -o {tmp_path / 'claims.parquet'}").stdout.splitlines()
    assert text[0].startswith("not readable: claims.csv ")
    assert text[1] == f"52 rows read: 51 lines written to {tmp_path / 'claims.parquet'}, 1 row not readable"
    rows = run(f"claims convert {SAMPLE} -o {tmp_path / 'claims.parquet'} --format csv").stdout.splitlines()
    assert rows[0] == "claim_id,line,not_checked,needs,where"
    assert len(rows) == 2


def test_several_files_and_standard_input(run: Run, tmp_path: Path) -> None:
    """Rows without a claim id are claims named after file and row, so that no two files share one."""
    content = "dos,cpt\n2024-08-15,77002\n"
    (tmp_path / "a.csv").write_text(content, "utf-8")
    result = run(f"claims convert {tmp_path / 'a.csv'} - -o {tmp_path / 'both.parquet'}", input=content)
    assert result.exit_code == 0
    table = pq.read_table(tmp_path / "both.parquet")
    assert table["claim_id"].to_pylist() == ["a.csv row 2", "standard input row 2"]
    assert table["where"].to_pylist() == ["a.csv row 2", "standard input row 2"]


def test_strict_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    """The first bad row ends it: exit code 2, and no half-written table."""
    result = run(f"claims convert {SAMPLE} -o {tmp_path / 'claims.parquet'} --strict")
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["claims.csv", "missing/claims.parquet"])
def test_another_target_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    """The claim table is Parquet, in a folder that is there."""
    result = run(f"claims convert {SAMPLE} -o {tmp_path / name}")
    assert result.exit_code == 2
    assert "what now:" in result.stderr


def test_a_table_is_converted_to_itself(run: Run, tmp_path: Path) -> None:
    """Converting a claim table again changes nothing."""
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    run(f"claims convert {SAMPLE} -o {first}")
    assert run(f"claims convert {first} -o {second}").exit_code == 0
    tables: list[pa.Table] = [pq.read_table(path) for path in (first, second)]
    assert tables[0].equals(tables[1])
