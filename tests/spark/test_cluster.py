"""The same findings on a real cluster as in one process, whatever Spark does with the work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark.loopback_cluster import Cluster, cluster, driver, environment, missing, wait_until
from spark.random_book import random_book, sorted_bytes
from trocar.claims.model import ClaimLine, claim_table
from trocar.engine.starter import open_starter
from trocar.scrub.check import check
from trocar.scrub.findings_table import FINDINGS_SCHEMA, result_table
from trocar.spark.run import SparkOptions, check_with_spark
from trocar.spark.schema import spark_schema

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"cluster test: {missing()}")
FILES = 4
SMALL_PARTITIONS = SparkOptions(lines_per_partition=600)
# Partitions that pass freely before all others are held back.
FREE = 4
RUN_CLI = """
import sys
from trocar.spark.run import SparkOptions, run_cli
print(run_cli(sys.argv[3:], sys.argv[2], None, sys.argv[1], SparkOptions(lines_per_partition=2000)).exit_code)
"""


@pytest.fixture(scope="module")
def book() -> pa.Table:
    """The claims."""
    return random_book()


@pytest.fixture(scope="module")
def expected(book: pa.Table) -> bytes:
    """What one process finds."""
    return sorted_bytes(result_table(check(book, open_starter())))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One master, two workers."""
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def files(book: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The claims in several files, claims torn between them."""
    folder = tmp_path_factory.mktemp("book")
    each = -(-book.num_rows // FILES)
    paths = [folder / f"claims-{number}.parquet" for number in range(FILES)]
    for number, path in enumerate(paths):
        pq.write_table(book.slice(number * each, each), path)
    return paths


@pytest.fixture(scope="module")
def spark(running: Cluster) -> Iterator[SparkSession]:
    """A driver of the cluster in this process."""
    with driver(running) as started:
        yield started


def test_the_book_needs_patients_kept_whole(book: pa.Table, expected: bytes) -> None:
    """The claims would give other findings if they were cut anywhere: the tests below could fail."""
    halves = [book.slice(0, book.num_rows // 2), book.slice(book.num_rows // 2)]
    findings = pa.concat_tables([result_table(check(half.combine_chunks(), open_starter())) for half in halves])
    assert sorted_bytes(findings) != expected


def test_a_connect_client_writes_the_same_findings(
    running: Cluster, files: list[Path], expected: bytes, tmp_path: Path
) -> None:
    """Through Spark Connect, as the command line does it: one file, the same rows, the exit code of findings."""
    address, output = running.start_connect(), tmp_path / "findings.parquet"
    command = [sys.executable, "-c", RUN_CLI, address, str(output), *map(str, files)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=90, check=False)
    running.processes[-1].terminate()
    running.processes[-1].wait(timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "1"
    table = pq.read_table(output)
    assert table.schema == FINDINGS_SCHEMA
    assert sorted_bytes(table) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["findings.parquet"]


def test_columns_that_may_be_missing(spark: SparkSession) -> None:
    """Four columns make a claim table; the address is then the line's own name, and empty text says nothing."""
    rows = [("C1", 1, "2025-11-03", "77002", "")]
    claims = spark.createDataFrame(rows, "claim_id string, line int, service_date string, hcpcs string, zip string")
    found = check_with_spark(claims).toArrow()
    line = ClaimLine(claim_id="C1", line=1, service_date=date(2025, 11, 3), hcpcs="77002")
    assert sorted_bytes(found) == sorted_bytes(result_table(check(claim_table([line]), open_starter())))


def test_same_findings_also_when_a_worker_is_killed(
    running: Cluster, spark: SparkSession, files: list[Path], expected: bytes, tmp_path: Path
) -> None:
    """Two workers give the findings of one process, byte for byte after sorting; and again when one dies at work."""
    findings = check_with_spark(files, spark=spark, options=SMALL_PARTITIONS)
    assert findings.columns == FINDINGS_SCHEMA.names
    assert sorted_bytes(findings.toArrow()) == expected

    held = findings.mapInArrow(hold_back(str(tmp_path), FREE), spark_schema(FINDINGS_SCHEMA))
    with ThreadPoolExecutor(1) as driver:
        answer = driver.submit(lambda: sorted_bytes(held.toArrow()))
        try:
            doomed = running.work_folder(1)
            wait_until(lambda: bool(at_work(tmp_path, doomed)) or answer.done(), "a task on the worker to be killed")
            lost = at_work(tmp_path, doomed)
            running.kill_worker(1)
        finally:
            (tmp_path / "go").touch()
        assert answer.result(timeout=60) == expected
    assert lost <= at_work(tmp_path, running.work_folder(0)), "the killed worker's partition was done again"


def hold_back(folder: str, free: int) -> Callable[[Any], Any]:
    """A function of a partition that says where it runs and, but for the first few, waits for a file named go."""

    def hold(batches: Any) -> Any:
        import time
        from pathlib import Path

        from pyspark import TaskContext

        rows = list(batches)
        number = TaskContext.get().partitionId()
        (Path(folder) / f"{number}-{time.monotonic_ns()}").write_text(str(Path.cwd()))
        deadline = time.monotonic() + 60
        while number >= free and not (Path(folder) / "go").exists():
            if time.monotonic() > deadline:
                raise TimeoutError("nobody said go")
            time.sleep(0.05)
        yield from rows

    return hold


def at_work(folder: Path, worker: Path) -> set[int]:
    """The held partitions that have come to a worker."""
    markers = {path: path.read_text() for path in folder.glob("*-*")}
    numbers = {int(path.name.partition("-")[0]) for path, place in markers.items() if place.startswith(str(worker))}
    return {number for number in numbers if number >= FREE}
