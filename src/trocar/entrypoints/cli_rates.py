"""``trocar rates``: what payers and hospitals publish, extracted from their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.entrypoints import cli_rates_compact, cli_rates_position, cli_rates_summary
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
rates.command("compact", epilog=cli_rates_compact.EXAMPLE)(cli_rates_compact.compact_command)
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
    jobs: Annotated[int, typer.Option("-j", "--jobs", metavar="N", min=1, help="Processes on this machine.")] = 1,
    range_size: Annotated[
        int,
        typer.Option("--range-size", metavar="MIB", min=1, help="What -j and spark cut plain JSON of twice this into."),
    ] = 128,
    engine: Annotated[Engine, typer.Option("--engine", help="local, or spark: a task a file or range.")] = Engine.LOCAL,
    master: Annotated[str | None, typer.Option("--master", help="Where Spark is, such as spark://host:7077.")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Extract the rates of some codes from machine-readable files, in one pass and bounded memory.

    A file that was extracted for the same codes already is kept, known by the digest of its bytes. What can't be read
    is listed in rejects.parquet with its byte, and counted here. With -j or on a cluster, files are dealt out, and
    in-network files that are not compressed are cut into ranges; the rows are the same.

    Exit code 0: everything was read. 2: usage, or a file that can't be read at all. 3: something was not read.
    """
    from trocar.benchmarks.code_sets import codes_asked
    from trocar.benchmarks.extract import Extraction

    asked = Extraction(output, codes_asked(codes), fetch_references, follow, pause, range_size << 20)
    rows = []
    for outcome in _outcomes(files, asked, engine, master, jobs):
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


def _outcomes(files: list[str], asked: Extraction, engine: Engine, master: str | None, jobs: int) -> Iterator[Outcome]:
    if engine is Engine.SPARK:
        from trocar.entrypoints.cluster_run import extract_on_cluster

        yield from extract_on_cluster(files, asked, master)
    elif jobs > 1:
        from trocar.benchmarks.dealt import extract_dealt, processes

        with processes(jobs, asked) as deal:
            yield from extract_dealt(files, asked, deal)
    else:
        from trocar.benchmarks.extract import extract

        yield from extract(files, asked)


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
