"""The columns told by ``trocar schema`` are those that are read and written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trocar.claims.csv import read_claims_csv

from .conftest import Run


def test_the_template_is_a_claim_file(run: Run) -> None:
    """Filled in under its headings it reads without a note, and every column is used."""
    headings = run("schema csv").stdout
    row = dict.fromkeys(headings.strip().split(","), "")
    row |= {"claim_id": "A", "service_date": "2024-08-15", "hcpcs": "77002", "diagnoses": "M17.11 R52"}
    row |= {"diagnosis_pointers": "B", "received_date": "2024-09-01"}
    out = io.StringIO()
    csv.writer(out).writerow(row.values())
    reading = read_claims_csv(io.BytesIO((headings + out.getvalue()).encode()))
    assert (reading.problems, reading.notes) == ((), ())
    assert reading.table["diagnoses"].to_pylist() == [["R52"]]


def test_other_headings_are_told(run: Run) -> None:
    """Enough to map one's own export, as JSON."""
    columns = {row["column"]: row for row in map(json.loads, run("schema csv --format json").stdout.splitlines())}
    assert [name for name, row in columns.items() if row["required"]] == ["service_date", "hcpcs"]
    assert "dos" in columns["service_date"]["other_headings"]
    assert "dx_1 to dx_12" in columns["diagnoses"]["numbered"]


@pytest.mark.parametrize(("shape", "command"), [("findings", "check"), ("prices", "price --file")])
def test_the_columns_of_what_is_written(run: Run, tmp_path: Path, shape: str, command: str) -> None:
    """In their order and with their types, as the commands write them to Parquet."""
    told = [line.split(maxsplit=1) for line in run(f"schema {shape}").stdout.splitlines()[1:]]
    run(f"{command} examples/claims.csv -o {tmp_path}/answer.parquet")
    written = pq.read_schema(tmp_path / "answer.parquet")
    assert [name for name, _ in told] == written.names
    assert dict(told)["service_date"] == str(written.field("service_date").type) == "date32[day]"


def test_an_unknown_shape_is_refused(run: Run) -> None:
    """With what there is."""
    assert "'xx' is not one of 'csv', 'findings', 'prices'" in run("schema xx").stderr
