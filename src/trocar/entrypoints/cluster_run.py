"""Commands with ``--engine spark``: the work of one machine, with Spark to deal it out, to retry what is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, pins_of

if TYPE_CHECKING:
    from trocar.benchmarks.extract import Extraction, Outcome


def check_on_cluster(
    files: Sequence[str], output: str | None, master: str | None, format_: Format, store: Path | None, pins: list[str]
) -> int:
    """Check on a cluster and print what was written; gives the exit code. Raises ``UsageError`` without Spark."""
    try:
        from trocar.spark.run import SparkOptions, run_cli
    except ImportError as error:
        raise UsageError(
            f"PySpark is not installed ({error.name})", where="--engine spark", remedy="pip install 'trocar[spark]'"
        ) from error
    if output is None or master is None:
        raise UsageError(
            "a cluster needs to be told where it is and where to write",
            where="--engine spark",
            remedy="Give --master spark://host:7077 (or sc://host) and -o findings.parquet.",
        )
    counted = run_cli(list(files), output, store, master, SparkOptions(pins=pins_of(pins)))
    counts = {
        "deny_or_review": counted.deny_or_review,
        "info": counted.info,
        "not_checked": counted.not_checked,
        "output": output,
    }
    if format_ is Format.JSON:
        typer.echo(json.dumps({"summary": counts}))
    else:
        typer.echo(
            f"{counted.deny_or_review} findings to deny or review, {counted.info} to know, "
            f"{counted.not_checked} rows not checked; written to {output}"
        )
    return counted.exit_code


def extract_on_cluster(files: Sequence[str], asked: Extraction, master: str | None) -> Iterator[Outcome]:
    """Extract published rates on a cluster; raises ``UsageError`` without one, and for what Spark can't do."""
    if master is None:
        raise UsageError(
            "a cluster needs to be told where it is",
            where="--engine spark",
            remedy="Give --master spark://host:7077 (or sc://host).",
        )
    from trocar.benchmarks.dealt import extract_dealt
    from trocar.spark.rates import cluster_deal
    from trocar.spark.run import failures_told, session

    spark = session(master)
    try:
        with failures_told(master):
            yield from extract_dealt(files, asked, cluster_deal(asked, spark))
    finally:
        spark.stop()
