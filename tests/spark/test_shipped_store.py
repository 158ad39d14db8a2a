"""A store in a folder that all workers see: opened by digest, and what a partition makes of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spark.random_book import sorted_bytes
from trocar.claims.model import ClaimLine, claim_table
from trocar.core.errors import StoreError
from trocar.engine.compile import PACK_FOLDER
from trocar.engine.starter import open_starter, starter_store
from trocar.reference.store import CATALOG_NAME
from trocar.scrub.check import check
from trocar.scrub.findings_table import result_table
from trocar.spark.shipped_store import ShippedStore, open_shipped, ship
from trocar.spark.worker import findings_of_partition

LINE = ClaimLine(claim_id="C1", line=1, service_date=date(2025, 11, 3), hcpcs="77002", patient_id="P1")
NO_SESSION: Any = None  # a folder that workers see needs nothing of Spark


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The starter store with its pack in it, as a built store has it."""
    folder = tmp_path / "store"
    shutil.copytree(open_starter().folder, folder / PACK_FOLDER)
    shutil.copy(starter_store() / CATALOG_NAME, folder)
    return folder


@pytest.fixture
def seen(store: Path) -> ShippedStore:
    """The same, as workers are told of it."""
    return ship(NO_SESSION, store, on_workers=str(store))


def test_a_folder_that_workers_see_is_opened_there(seen: ShippedStore, store: Path) -> None:
    """The worker opens the folder it is told, once per process."""
    assert open_shipped(seen).folder == store / PACK_FOLDER
    assert open_shipped(seen) is open_shipped(replace(seen))


def test_another_store_in_its_place_is_refused(seen: ShippedStore, store: Path) -> None:
    """A store built anew between the command and the work answers nothing."""
    catalog = store / CATALOG_NAME
    catalog.write_text(catalog.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(StoreError, match="not the one of the command"):
        open_shipped(seen)


def test_the_same_line_twice_is_reported_whatever_the_order(seen: ShippedStore) -> None:
    """One of two equal lines is checked, the one with the larger address is not readable: in any order of rows."""
    lines = [replace(LINE, where="a.parquet row 1"), replace(LINE, where="b.parquet row 1", units=2)]
    answers = [findings_of_partition(claim_table(order).to_batches(), seen) for order in (lines, lines[::-1])]
    assert answers[0] is not None
    assert answers[1] is not None
    assert sorted_bytes(answers[0]) == sorted_bytes(answers[1])
    unread = [row for row in answers[0].to_pylist() if row["needs"] == "readable input"]
    assert [row["where"] for row in unread] == ["b.parquet row 1"]
    checked = result_table(check(claim_table(lines[:1]), open_starter()))
    assert answers[0].num_rows == checked.num_rows + 1
