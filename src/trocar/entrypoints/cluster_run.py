"""``trocar check --engine spark``: the same kernel, with Spark to partition and to retry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, pins_of


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
