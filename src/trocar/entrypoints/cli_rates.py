"""``trocar rates``: what payers and hospitals publish, extracted from their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints import cli_rates_position, cli_rates_summary
from trocar.entrypoints.cli_check import Engine
from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import print_csv, print_json

if TYPE_CHECKING:
    from trocar.benchmarks.extract import Extraction, Outcome

rates = typer.Typer(no_args_is_help=True, help="Published rates of payers and hospitals.")
EXAMPLE = "Example: trocar rates extract in-network.json.gz --codes @guidance -o rates/"
COLUMNS = (
    *("location", "file_id", "kind", "schema_shape", "items", "items_wanted", "rates", "groups"),
    *("references_unresolved", "rejects", "complete", "stopped_at", "stopped_because", "kept", "problem"),
)
UNREADABLE, NOT_CHECKED = 2, 3
rates.command("summary", epilog=cli_rates_summary.EXAMPLE)(cli_rates_summary.summary_command)
rates.command("position", epilog=cli_rates_position.POSITION_EXAMPLE)(cli_rates_position.position_command)
rates.command("providers", epilog=cli_rates_position.PROVIDERS_EXAMPLE)(cli_rates_position.providers_command)


@rates.command("extract", epilog=EXAMPLE)
def extract_command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILES...",
            help="In-network, allowed-amounts, hospital files, tables of contents: path, file:// or HTTP; gzip, zip.",
        ),
    ],
    codes: Annotated[
        list[str],
        typer.Option("--codes", metavar="CODES", help="@guidance, @needle, @FILE, or 77012,77002 (repeat it)."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A folder of tables for each file.")],
    fetch_references: Annotated[
        bool, typer.Option("--fetch-references", help="Fetch provider references that stand at other addresses.")
    ] = False,
    follow: Annotated[bool, typer.Option(help="Extract the files that an index lists, too.")] = True,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between two requests to one server.")] = 1.0,
    engine: Annotated[Engine, typer.Option("--engine", help="local, or spark: one task a file.")] = Engine.LOCAL,
    master: Annotated[str | None, typer.Option("--master", help="Where Spark is, such as spark://host:7077.")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Extract the rates of some codes from machine-readable files, in one pass and bounded memory.

    A file that was extracted for the same codes already is kept, known by the digest of its bytes. What can't be read
    is listed in rejects.parquet with its byte, and counted here.

    Exit code 0: everything was read. 2: usage, or a file that can't be read at all. 3: something was not read.
    """
    from trocar.benchmarks.code_sets import codes_asked
    from trocar.benchmarks.extract import Extraction

    asked = Extraction(output, codes_asked(codes), fetch_references, follow, pause)
    rows = []
    for outcome in _outcomes(files, asked, engine, master):
        rows.append(_row(outcome))
        if format_ is Format.TEXT:
            typer.echo(_text(rows[-1]))
        elif format_ is Format.JSON:
            print_json(rows[-1:])
    if format_ is Format.CSV:
        print_csv(COLUMNS, rows)
    if any(row["problem"] for row in rows):
        raise typer.Exit(UNREADABLE)
    if any(row["rejects"] or row["references_unresolved"] or not row["complete"] for row in rows):
        raise typer.Exit(NOT_CHECKED)


def _outcomes(files: list[str], asked: Extraction, engine: Engine, master: str | None) -> Iterator[Outcome]:
    if engine is Engine.LOCAL:
        from trocar.benchmarks.extract import extract

        yield from extract(files, asked)
        return
    if master is None:
        raise UsageError(
            "a cluster needs to be told where it is",
            where="--engine spark",
            remedy="Give --master spark://host:7077 (or sc://host).",
        )
    from trocar.spark.rates import extract_on_cluster
    from trocar.spark.run import session

    spark = session(master)
    try:
        yield from extract_on_cluster(files, asked, spark)
    finally:
        spark.stop()


def _row(outcome: Outcome) -> dict[str, Any]:
    told = {"location": outcome.location, "problem": outcome.problem, "kept": outcome.kept}
    return {name: ((outcome.file or {}) | told).get(name) for name in COLUMNS}


def _text(row: dict[str, Any]) -> str:
    if row["problem"]:
        return f"{row['location']}: not read: {row['problem']}"
    parts = [f"{row['rates']} rates of {row['items_wanted']} items ({row['items']} in the file)"]
    parts += [f"{row['groups']} provider groups"] if row["groups"] else []
    parts += [f"{row['references_unresolved']} provider references not had"] if row["references_unresolved"] else []
    parts += [f"{row['rejects']} not read"] if row["rejects"] else []
    parts += [] if row["complete"] else [f"stopped at byte {row['stopped_at']}: {row['stopped_because']}"]
    parts += ["kept from an earlier run"] if row["kept"] else []
    return f"{row['location']}: {row['kind']}, {', '.join(parts)}; in {row['file_id']}"
