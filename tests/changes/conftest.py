"""A store of two quarters of edits that bear dates, the later one with two changes made for days before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.compile import compile_pack
from trocar.engine.pack import PUBLISHED_BY, Pack
from trocar.engine.starter import starter_store
from trocar.reference.catalog import CatalogFile
from trocar.reference.seal import seal
from trocar.reference.store import Store
from trocar.reference.tables import TABLES

SERVICE = date(2026, 7, 15)
OUT = date(2026, 9, 1)  # the day the later quarter was published
KNOWN = date(2020, 1, 1)  # of every other release, so that the clock leaves none of them out
_MUE, _ADDON = "MUE2026", "AOC2026Q2"
# column 1, column 2, first day, last day, indicator: as the table of the third quarter has them, and of the fourth.
THIRD = (
    ("49180", "77012", date(2020, 1, 1), None, 0),
    ("60100", "76942", date(2020, 1, 1), None, 1),
)
FOURTH = (
    ("20610", "76942", date(2026, 7, 1), None, 0),  # begins two months before it was published
    ("49180", "77012", date(2020, 1, 1), date(2026, 6, 30), 0),  # ended, two months before anybody was told
    ("60100", "76942", date(2020, 1, 1), None, 0),
)


@pytest.fixture(scope="session")
def two_quarters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter pack with these edits in the place of its own; units and add-on tables to the end of the year."""
    folder = tmp_path_factory.mktemp("stores") / "store"
    shutil.copytree(starter_store(), folder)
    catalog = Store(folder).catalog
    kept = [_other(file) for file in catalog.files if file.table != "ncci_ptp"]
    number = 1 + max(file.file_id for file in catalog.files)
    third = _edits(number, "PTP2026Q3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 6, 1), len(THIRD))
    fourth = _edits(number + 1, "PTP2026Q4", date(2026, 10, 1), date(2026, 12, 31), OUT, len(FOURTH))
    rows = [
        {
            "column_1": one, "column_2": two, "effective": first, "deletion": last, "modifier_indicator": indicator,
            "rationale": "made for the test", "file_id": file.file_id, "line": line,
        }
        for file, table in ((third, THIRD), (fourth, FOURTH))
        for line, (one, two, first, last, indicator) in enumerate(table, 1)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, TABLES["ncci_ptp"]), folder / "ncci_ptp.parquet")
    replace(catalog, files=(*kept, third, fourth)).write(folder / "catalog.json")
    compile_pack(folder)
    seal(folder)
    return folder


def _other(file: CatalogFile) -> CatalogFile:
    last = date(2026, 12, 31) if file.release in (_MUE, _ADDON) else file.last
    return replace(file, published=KNOWN, published_source="made for the test", last=last)


def _edits(file_id: int, release: str, first: date, last: date, published: date, rows: int) -> CatalogFile:
    return CatalogFile(
        file_id, "ncci_ptp", "ncci_ptp", release, f"{release}.txt", f"{file_id:064d}", rows, first, last, published,
        "made for the test", None, "practitioner", dated=True, history=True,
    )  # fmt: skip


@pytest.fixture(scope="session")
def published_by(two_quarters: Path) -> Callable[[date], Pack]:
    """The pack of the store by what had been published on a day."""
    return lambda day: Pack.open(two_quarters, {PUBLISHED_BY: day.isoformat()})


@pytest.fixture(scope="session")
def claims() -> pa.Table:
    """One claim per edit, and one that no edit touches."""
    return claim_table(
        [
            _line("backdated", 1, "20610"),
            _line("backdated", 2, "76942", "26"),
            _line("taken back", 1, "49180"),
            _line("taken back", 2, "77012", "26"),
            _line("tightened", 1, "60100"),
            _line("tightened", 2, "76942", "26"),
            _line("untouched", 1, "20610"),
        ]
    )


def _line(claim: str, number: int, hcpcs: str, *modifiers: str, **given: Any) -> ClaimLine:
    return ClaimLine(
        claim_id=claim, line=number, service_date=SERVICE, hcpcs=hcpcs, modifiers=modifiers, place_of_service="22",
        locality="NATIONAL", setting="practitioner", **given,
    )  # fmt: skip
