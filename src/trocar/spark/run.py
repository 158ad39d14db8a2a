"""Check claims on a Spark cluster: Spark deals the lines out and collects; the rules run as they do anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from trocar.book.merge import merge
from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.errors import ClaimInputError, UsageError
from trocar.scrub.findings_table import FINDINGS_SCHEMA
from trocar.spark.partition import LINES_PER_PARTITION, partitioned
from trocar.spark.schema import spark_schema, spark_type
from trocar.spark.shipped_store import ShippedStore, ship
from trocar.spark.worker import PACKED_SCHEMA, packed_partition_check, partition_check, unpacked

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CONNECT = "sc://"


@dataclass(frozen=True)
class SparkOptions:
    """``pins``: releases to answer on every day; ``store_on_workers``: a folder under which every worker sees the
    store, when it is not to be shipped; ``settings``: Spark's own, by name.
    """

    pins: Mapping[str, str] = field(default_factory=dict)
    lines_per_partition: int = LINES_PER_PARTITION
    store_on_workers: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Counted:
    """Rows written, by kind."""

    deny_or_review: int = 0
    info: int = 0
    not_checked: int = 0

    @property
    def exit_code(self) -> int:
        """1 for anything to deny or review; 3 when nothing is, but something was not checked; else 0."""
        return 1 if self.deny_or_review else 3 if self.not_checked else 0

    def add(self, severity: str | None, rows: int) -> None:
        """Count rows of one severity; what was not checked has none."""
        if severity is None:
            self.not_checked += rows
        elif severity == "info":
            self.info += rows
        else:
            self.deny_or_review += rows


def check_with_spark(
    claims: DataFrame | str | Path | Sequence[str | Path],
    store: Path | None = None,
    *,
    spark: SparkSession | None = None,
    options: SparkOptions | None = None,
) -> DataFrame:
    """Findings and what was not checked (``FINDINGS_SCHEMA``) of a data set of claim lines, as a lazy data frame.

    ``claims`` has the columns of ``CLAIM_SCHEMA`` (those that may be null may be missing), or names Parquet files of
    such; then ``spark`` is the session to read them with. ``store`` is a folder on the driver, ``None`` the starter
    pack. One job runs at once, to count keys; the check itself runs when the answer is used, each time it is used.
    Raises ``UsageError`` for claims that can't be read so, and what ``ship`` and ``partitioned`` raise.
    """
    return _checked(_frame(claims, spark), store, options or SparkOptions(), partition_check, FINDINGS_SCHEMA)


def run_cli(
    paths: Sequence[str], output: str, store: Path | None, master: str, options: SparkOptions | None = None
) -> Counted:
    """``trocar check --engine spark``: Parquet in, Parquet out.

    ``master`` is Spark's (``spark://host:7077``, ``yarn``, ``local[2]``) or a Connect address (``sc://host``). An
    output with a scheme (``s3a://...``, ``file:///shared/...``) is a folder that the workers write; a plain path is
    one file that the driver writes, whole or not at all. Raises ``UsageError`` and what ``check_with_spark`` raises.
    """
    options = options or SparkOptions()
    on_workers = "://" in output
    if not on_workers and (Path(output).suffix != ".parquet" or not Path(output).parent.is_dir()):
        raise UsageError(
            "findings can't be written there",
            where=f"-o {output}",
            remedy="Name a .parquet file in a folder that exists, or an address such as s3a://bucket/findings.",
        )
    spark = session(master, options.settings)
    try:
        with failures_told(master):
            if on_workers:
                return _write_on_workers(check_with_spark(paths, store, spark=spark, options=options), output)
            packed = _checked(_frame(paths, spark), store, options, packed_partition_check, PACKED_SCHEMA)
            return _write_on_driver(packed, Path(output))
    finally:
        spark.stop()


@contextmanager
def failures_told(master: str) -> Iterator[None]:
    """Raises ``UsageError`` for what Spark raises, with its reason alone."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise UsageError(
            reason(error), where=f"Spark at {master}", remedy="docs/scale.md says what it needs."
        ) from error


def reason(error: Exception) -> str:
    """What went wrong, without the stack: what Trocar said on the worker, else the first line of what Spark says."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    said = [line for line in lines if "trocar.core.errors." in line]
    return (said[-1].partition(": ")[2] if said else lines[0]).strip().rstrip(".")


def session(master: str, settings: Mapping[str, str] | None = None) -> SparkSession:
    """A session on a cluster; raises ``UsageError`` when PySpark is not installed."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(
            "PySpark is not installed", where="--engine spark", remedy="Install it: pip install 'trocar[spark]'."
        ) from error
    builder = SparkSession.builder
    builder = builder.remote(master) if master.startswith(CONNECT) else builder.master(master)
    for name, value in (settings or {}).items():
        builder = builder.config(name, value)
    return builder.appName("trocar check").getOrCreate()


def _checked(
    lines: DataFrame,
    store: Path | None,
    options: SparkOptions,
    check: Callable[[ShippedStore], Callable[[Any], Any]],
    answer: pa.Schema,
) -> DataFrame:
    shipped = ship(lines.sparkSession, store, options.pins, options.store_on_workers)
    dealt = partitioned(_claim_columns(lines), options.lines_per_partition)
    return dealt.mapInArrow(check(shipped), spark_schema(answer))


def _frame(claims: DataFrame | str | Path | Sequence[str | Path], spark: SparkSession | None) -> DataFrame:
    if isinstance(claims, str | Path):
        claims = [claims]
    if not isinstance(claims, Sequence):
        return claims
    if spark is None:
        raise UsageError("paths were given without a session", where="spark", remedy="Give spark=, or a data frame.")
    names = [str(path) for path in claims]
    for name in names:
        if name.lower().endswith((".csv", ".gz", ".json", ".ndjson", ".txt")):
            raise UsageError(
                "Spark reads claims from Parquet only",
                where=name,
                remedy=f"Write the claim table first: trocar claims convert {name} -o claims.parquet",
            )
    return spark.read.parquet(*names)


def _claim_columns(lines: DataFrame) -> DataFrame:
    """The columns of the claim table in its order; one that may be null is null throughout when it is missing."""
    from pyspark.sql import functions as f

    columns = []
    for field_ in CLAIM_SCHEMA:
        if field_.name in lines.columns and field_.nullable and field_.type == pa.string():
            said = f.when(f.col(field_.name) != "", f.col(field_.name))
            columns.append(said.alias(field_.name))  # an empty text says nothing
        elif field_.name in lines.columns:
            columns.append(f.col(field_.name))
        elif field_.nullable:
            columns.append(f.lit(None).cast(spark_type(field_.type)).alias(field_.name))
        elif field_.name == "where":
            columns.append(f.concat(f.lit("line "), "line", f.lit(" of claim "), "claim_id").alias("where"))
        else:
            raise ClaimInputError(
                f"there is no column {field_.name}",
                where=", ".join(lines.columns),
                remedy="docs/scale.md says which columns the claims must have.",
            )
    return lines.select(*columns)


def _write_on_workers(findings: DataFrame, output: str) -> Counted:
    findings.write.parquet(output)
    counted = Counted()
    for row in findings.sparkSession.read.parquet(output).groupBy("severity").count().collect():
        counted.add(row[0], row[1])
    return counted


def _write_on_driver(packed: DataFrame, output: Path) -> Counted:
    """Fetch the partitions one by one and write them as one file, which appears when it is whole."""
    from pyspark import StorageLevel

    counted = Counted()
    # Kept by the workers, on disk: fetching a partition at a time would otherwise also check one at a time.
    packed.persist(StorageLevel.DISK_ONLY)
    packed.count()

    def fetched() -> Iterator[pa.RecordBatch]:
        for row in packed.toLocalIterator():
            for batch in unpacked(row[0]):
                for entry in pc.value_counts(batch["severity"].cast(pa.string())).to_pylist():
                    counted.add(entry["values"], entry["counts"])
                yield batch

    try:
        merge(fetched(), output, FINDINGS_SCHEMA, dict)
    finally:
        packed.unpersist()
    return counted
