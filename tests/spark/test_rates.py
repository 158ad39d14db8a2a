"""Published rates on a real cluster are those of one machine, also when a worker dies at work."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from benchmarks.test_in_network import FILE, ITEM, RATE
from spark.loopback_cluster import Cluster, cluster, driver, missing, wait_until
from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.tables import TABLES
from trocar.spark.rates import extract_on_cluster

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"cluster test: {missing()}")
FILES = 6
CODES = frozenset({"77012"})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One master, two workers."""
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def spark(running: Cluster) -> Iterator[SparkSession]:
    """A driver of the cluster in this process."""
    with driver(running) as started:
        yield started


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several files, each with rates of its own; one is cut off."""
    folder = tmp_path_factory.mktemp("published")
    for number in range(FILES):
        rates = [{**RATE, "provider_references": [number % 2 + 1]}] * (2000 * (number + 1))
        text = json.dumps({**FILE, "version": f"{number}", "in_network": [{**ITEM, "negotiated_rates": rates}, ITEM]})
        content = gzip.compress(text.encode())
        (folder / f"{number}.json.gz").write_bytes(content[: len(content) // 2] if number == 3 else content)
    listed = [{"description": "d", "location": f"{number}.json.gz"} for number in range(FILES)]
    path = folder / "index.json"
    path.write_text(json.dumps({"reporting_structure": [{"reporting_plans": [], "in_network_files": listed}]}))
    return path


def tables(folder: Path) -> dict[str, list[bytes]]:
    """Every table of every file, as rows."""
    return {
        f"{each.name}/{name}": pq.read_table(each / f"{name}.parquet").to_pylist()
        for each in sorted(folder.iterdir())
        if not each.name.startswith(".")
        for name in TABLES
    }


def test_the_rows_of_one_machine_with_a_worker_killed(
    running: Cluster, spark: SparkSession, index: Path, tmp_path: Path
) -> None:
    alone, dealt = (Extraction(tmp_path / name, CODES, pause=0) for name in ("alone", "dealt"))
    here = list(extract([str(index)], alone))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: list(extract_on_cluster([str(index)], dealt, spark)))
        # Some file is finished, others are in work or wait.
        wait_until(
            lambda: asked.done() or sum(not path.name.startswith(".") for path in tmp_path.glob("dealt/*")) >= 2,
            "the first finished file",
        )
        assert not asked.done(), "the cluster was faster than the test"
        running.kill_worker(0)
        there = asked.result(timeout=180)
    assert sorted(outcome.location for outcome in there) == sorted(outcome.location for outcome in here)
    found = tables(tmp_path / "dealt")
    assert found == tables(tmp_path / "alone")
    assert sum(len(rows) for name, rows in found.items() if name.endswith("/rates")) > 2000 * FILES
    assert [outcome.file["complete"] for outcome in here if outcome.file].count(False) == 1
