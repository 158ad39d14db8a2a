"""Published rates on a Spark cluster: one task a file, each a run of the extraction of one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from trocar.benchmarks.extract import Extraction, Outcome, extract_one
from trocar.benchmarks.fetch import beside, clean

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_OUTCOME = pa.schema([("number", pa.int64()), ("outcome", pa.binary())])


def extract_on_cluster(locations: Sequence[str], asked: Extraction, spark: SparkSession) -> Iterator[Outcome]:
    """What ``trocar.benchmarks.extract.extract`` gives, with the files dealt out to the workers, one task each.

    What indexes list is a next round of tasks. A gzip can't be begun in its middle, so a file is never cut.
    ``asked.output`` is a folder that all workers share. A task that is lost is run again: a folder of tables is there
    whole or not at all, so nothing of a lost task counts.
    """
    seen: set[str] = set()
    while files := [location for location in dict.fromkeys(locations) if clean(location) not in seen]:
        seen.update(map(clean, files))
        one_a_task = spark.range(0, len(files), 1, len(files))
        done = one_a_task.mapInArrow(_task(files, asked), "number bigint, outcome binary").collect()
        locations = []
        for number, packed in sorted(done, key=lambda row: row[0]):
            outcome = msgspec.json.decode(bytes(packed), type=Outcome)
            locations += [beside(files[number], listed) for listed in outcome.listed if asked.follow]
            yield outcome


def _task(files: Sequence[str], asked: Extraction) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """The function that Spark applies to the number of a file."""

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        # A function defined here goes to the workers by value; what it calls they import.
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from outcomes(number, files[number], asked)

    return run


def outcomes(number: int, location: str, asked: Extraction) -> Iterator[pa.RecordBatch]:
    """The outcomes of one file, packed."""
    for outcome in extract_one(location, asked, asked.fetcher()):
        yield pa.record_batch([[number], [msgspec.json.encode(outcome)]], schema=_OUTCOME)
