"""The folder of one file is there whole or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trocar.benchmarks.tables import TABLES
from trocar.benchmarks.writer import written_folder

RATE = {
    "source_kind": "in_network",
    "file_id": "ab",
    "code_type": "CPT",
    "code": "77012",
    "amount_kind": "dollar",
    "rate": Decimal("25.5500"),
    "expiration_date": date(9999, 12, 31),
    "offset": 17,
    "ordinal": 0,
}


def test_all_tables_are_there_in_their_schemas(tmp_path: Path) -> None:
    with written_folder(tmp_path, "ab") as writer:
        writer.add("rates", RATE)
    for name, schema in TABLES.items():
        assert pq.read_schema(tmp_path / "ab" / f"{name}.parquet").equals(schema)
    (row,) = pq.read_table(tmp_path / "ab" / "rates.parquet").to_pylist()
    assert row["rate"] == Decimal("25.55")
    assert row["modifiers"] == []  # a list that was not given is empty
    assert row["payer"] is None


def test_half_written_is_not_there(tmp_path: Path) -> None:
    def interrupted() -> None:
        with written_folder(tmp_path, "ab") as writer:
            writer.add("rates", RATE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_written_again_replaces(tmp_path: Path) -> None:
    for offset in (1, 2):
        with written_folder(tmp_path, "ab") as writer:
            writer.add("rates", RATE | {"offset": offset})
    assert [row["offset"] for row in pq.read_table(tmp_path / "ab" / "rates.parquet").to_pylist()] == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["ab"]
