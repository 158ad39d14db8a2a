"""Published rates on a Spark cluster: files dealt out, and ranges of plain ones, to the extraction of one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from trocar.benchmarks.dealt import Answers, Deal, Task
from trocar.benchmarks.extract import Extraction

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ANSWERS = pa.schema([("number", pa.int64()), ("answers", pa.binary())])


def cluster_deal(asked: Extraction, spark: SparkSession) -> Deal:
    """Deals the tasks of ``trocar.benchmarks.dealt`` to the workers, each a task of Spark's.

    ``asked.output`` is a folder that all workers share. A task that is lost is run again: what it writes is there whole
    or not at all, so nothing of a lost task counts.
    """

    def deal(tasks: Sequence[Task]) -> list[Answers]:
        one_a_task = spark.range(0, len(tasks), 1, len(tasks))
        done = one_a_task.mapInArrow(_task(tasks, asked), "number bigint, answers binary").collect()
        packed = {number: bytes(answers) for number, answers in done}
        return [msgspec.json.decode(packed[number], type=Answers) for number in range(len(tasks))]

    return deal


def _task(tasks: Sequence[Task], asked: Extraction) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """The function that Spark applies to the number of a task."""

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        # A function defined here goes to the workers by value; what it calls they import.
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield answered(number, tasks[number], asked)

    return run


def answered(number: int, task: Task, asked: Extraction) -> pa.RecordBatch:
    """What a task gives, packed."""
    return pa.record_batch([[number], [msgspec.json.encode(task.answers(asked))]], schema=_ANSWERS)
