"""Published rates on a real cluster are those of one machine, also when a worker dies at work."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.test_in_network import FILE, ITEM, RATE
from spark.loopback_cluster import Cluster, cluster, driver, environment, missing, settings, wait_until
from trocar.benchmarks.dealt import extract_dealt
from trocar.benchmarks.extract import Extraction, extract
from trocar.benchmarks.tables import TABLES
from trocar.spark.rates import cluster_deal

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"cluster test: {missing()}")
FILES = 6
CODES = frozenset({"77012"})
MEBIBYTE = 1 << 20
# The plain file, cut into ranges of a MiB.
ITEMS, RANGES = 150, 16


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
    """An index of several files, each with rates of its own; one is cut off, one plain and large."""
    folder = tmp_path_factory.mktemp("published")
    for number in range(FILES):
        rates = [{**RATE, "provider_references": [number % 2 + 1]}] * (2000 * (number + 1))
        text = json.dumps({**FILE, "version": f"{number}", "in_network": [{**ITEM, "negotiated_rates": rates}, ITEM]})
        content = gzip.compress(text.encode())
        (folder / f"{number}.json.gz").write_bytes(content[: len(content) // 2] if number == 3 else content)
    item = {**ITEM, "negotiated_rates": [RATE] * (RANGES * MEBIBYTE // ITEMS // (len(json.dumps(RATE)) + 2))}
    (folder / "plain.json").write_text(json.dumps({**FILE, "in_network": [item] * ITEMS}))
    names = [*(f"{number}.json.gz" for number in range(FILES)), "plain.json"]
    listed = [{"description": "d", "location": name} for name in names]
    path = folder / "index.json"
    path.write_text(json.dumps({"reporting_structure": [{"reporting_plans": [], "in_network_files": listed}]}))
    return path


@pytest.fixture(scope="module")
def alone(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Extraction:
    """The same extracted by one process."""
    asked = Extraction(tmp_path_factory.mktemp("alone"), CODES, pause=0)
    outcomes = list(extract([str(index)], asked))
    assert [outcome.file["complete"] for outcome in outcomes if outcome.file].count(False) == 1
    assert sum(outcome.file["rates"] for outcome in outcomes if outcome.file) > 2000 * FILES + 100 * ITEMS
    return asked


def tables(folder: Path) -> dict[str, pa.Table]:
    """Every table of every file, without what only a file cut into ranges has."""
    return {
        f"{each.name}/{name}": pq.read_table(
            each / f"{name}.parquet", columns=[c for c in schema.names if c != "ranges"]
        )
        for each in sorted(folder.iterdir())
        if not each.name.startswith(".")
        for name, schema in TABLES.items()
    }


def pieces(output: Path) -> int:
    """How many ranges have been read so far."""
    return sum(not path.name.startswith(".") for path in output.glob(".pieces/*/*"))


def test_the_command_with_a_worker_killed(running: Cluster, index: Path, alone: Extraction, tmp_path: Path) -> None:
    """``trocar rates extract --engine spark`` as it is typed: files dealt out, the plain one in ranges."""
    output = tmp_path / "out"
    lines = [f"{name} {value}\n" for name, value in (settings(tmp_path) | {"spark.driver.memory": "800m"}).items()]
    (tmp_path / "spark-defaults.conf").write_text("".join(lines))
    told = ["--codes", "77012", "-o", str(output), "--pause", "0", "--range-size", "1", "--format", "json"]
    files = [str(index.with_name(name)) for name in ("plain.json", "3.json.gz")]
    command = [sys.executable, "-m", "trocar", "rates", "extract", *files, *told]
    command += ["--engine", "spark", "--master", running.master]
    surroundings = environment() | {"SPARK_CONF_DIR": str(tmp_path)}
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            wait_until(lambda: process.poll() is not None or pieces(output) >= 2, "the first pieces", seconds=240)
            assert process.poll() is None, (tmp_path / "log").read_text()[-2000:]
            assert pieces(output) < RANGES, "the cluster was faster than the test"
            running.kill_worker(0)
            answer, _ = process.communicate(timeout=180)
        finally:
            process.kill()
    assert process.returncode == 3, (tmp_path / "log").read_text()[-2000:]  # one file is cut off
    rows = [json.loads(line) for line in answer.splitlines()]
    assert [(row["location"], row["complete"]) for row in rows] == list(zip(files, (True, False), strict=True))
    expected = tables(alone.output)
    found = tables(output)
    assert len(found) == 2 * len(TABLES)
    assert all(table.equals(expected[name]) for name, table in found.items())
    (ranges,) = pq.read_table(output / rows[0]["file_id"] / "files.parquet", columns=["ranges"])["ranges"].to_pylist()
    assert ranges >= RANGES - 1
    assert not (output / ".pieces").exists()
    running.add_worker(1, "1g")
    wait_until(lambda: running.alive_workers() == 2, "a worker in place of the lost one")


def test_the_rows_of_one_machine_with_a_worker_killed(
    running: Cluster, spark: SparkSession, index: Path, alone: Extraction, tmp_path: Path
) -> None:
    dealt = Extraction(tmp_path / "dealt", CODES, pause=0, range_size=MEBIBYTE)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: list(extract_dealt([str(index)], dealt, cluster_deal(dealt, spark))))
        # Some file is finished, others are in work or wait.
        wait_until(
            lambda: asked.done() or sum(not path.name.startswith(".") for path in tmp_path.glob("dealt/*")) >= 2,
            "the first finished file",
        )
        assert not asked.done(), "the cluster was faster than the test"
        running.kill_worker(1)
        there = asked.result(timeout=180)
    assert [Path(outcome.location).name for outcome in there] == [
        "index.json", *(f"{number}.json.gz" for number in range(FILES)), "plain.json",
    ]  # fmt: skip
    assert tables(dealt.output) == tables(alone.output)
