"""A compacted set: the same answers as the extracted folders, nothing lost, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rates_files import WriteFile, write_extracted
from trocar.benchmarks.compaction import compact as compaction
from trocar.benchmarks.compaction import partitions
from trocar.benchmarks.compaction.compact import compact
from trocar.benchmarks.compaction.manifest import RatesSetError, read_manifest
from trocar.benchmarks.compaction.partitions import partition_name
from trocar.benchmarks.compaction.rates_set import RatesSet, open_rates
from trocar.benchmarks.folder import RatesError
from trocar.benchmarks.providers import load_providers
from trocar.benchmarks.shapes import benchmark_shape, rows_of, summary_shape
from trocar.benchmarks.summary import Question, summarise
from trocar.benchmarks.tables import TABLES
from trocar.lookup.asked import Asked

MEMORY = 1 << 30
SIX = [
    {"rate": str(amount), "provider_group_ids": [str(at)]} for at, amount in enumerate((60, 70, 80, 90, 100, 110), 1)
]
QUESTIONS = (
    {}, {"state": "MD"}, {"component": "26"}, {"payers": ("bcbs",)}, {"each_state": True}, {"by_contract": True},
    {"kinds": ("gross", "cash")},
)  # fmt: skip


def answers(folder: Path, asked: Asked) -> str:
    """All that is told of 77012, whatever is asked: benchmarks, funnel, flags, files, and each rate with its reasons."""
    told: list[Any] = []
    for asking in QUESTIONS:
        summary = summarise(open_rates(folder), asked, Question("77012", **asking))  # type: ignore[arg-type]
        told += [[benchmark_shape(entry) for entry in summary.benchmarks], summary_shape(summary)]
        told.append(list(rows_of(summary)))
    return json.dumps(told, indent=1, default=str)


def table(folder: Path, name: str) -> list[Any]:
    """The rows of a table in an order of their own, with all published columns."""
    columns = ", ".join(f'"{column}"' for column in TABLES[name].names)
    paths = f"{folder}/*/{name}.parquet" if not (folder / "set.json").exists() else ""
    if paths:
        return duckdb.execute(f"SELECT {columns} FROM read_parquet('{paths}') ORDER BY ALL").fetchall()
    manifest = read_manifest(folder)
    held = list(manifest.rates.values()) if name == "rates" else manifest.tables[name]
    files = ", ".join(f"'{folder / path}'" for path in held)
    return duckdb.execute(
        f"SELECT {columns} FROM read_parquet([{files}], hive_partitioning=false) ORDER BY ALL"
    ).fetchall()
