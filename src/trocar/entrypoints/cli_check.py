"""``trocar check`` and ``trocar demo``: claims in, findings and what was not checked out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.entrypoints.options import (
    BookOptions,
    Format,
    FormatOption,
    JobsOption,
    MemoryOption,
    PinOption,
    StoreOption,
    WorkOption,
    open_store,
)
from trocar.entrypoints.render import print_csv, print_json

if TYPE_CHECKING:
    from trocar.entrypoints.check_answer import CheckAnswer


class Engine(StrEnum):
    """Who distributes the work; the kernel is the same."""

    LOCAL = "local"
    SPARK = "spark"


EXAMPLE = "Example: trocar check claims.csv -o findings.parquet"
DEMO_EXAMPLE = "Example: trocar demo --format json"


def check_command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILES...",
            help="Claims, one book: 837P, 837I, FHIR, CSV, JSON lines, Parquet; gzip or zip; - is standard input.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write all rows to FILE: .parquet, .csv, .json or .ndjson."
        ),
    ] = None,
    format_: FormatOption = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that can't be read.")] = False,
    store: StoreOption = None,
    pin: PinOption = None,
    jobs: JobsOption = None,
    memory: MemoryOption = "2GiB",
    work: WorkOption = None,
    engine: Annotated[Engine, typer.Option("--engine", help="local, or spark on a cluster (Parquet claims).")] = (
        Engine.LOCAL
    ),
    master: Annotated[
        str | None, typer.Option("--master", metavar="URL", help="The cluster: spark://host:7077, sc://host, local[2].")
    ] = None,
) -> None:
    """Check claims: per claim a verdict, findings by money, what was not checked, the releases used.

    With -o, a book of more than 200,000 rows is checked out of core, in several processes; killed, it goes on where it
    was when the command is run again. Its rows go to the file alone, and the summary is printed.

    Exit code 0: clear. 1: findings to deny or review. 2: usage or unreadable input. 3: something was not checked,
    and nothing found.
    """
    if engine is Engine.SPARK:
        from trocar.entrypoints.cluster_run import check_on_cluster

        _exit(check_on_cluster(files, output, master, format_, store, pin or []))
        return
    options = BookOptions(store, tuple(pin or ()), jobs, memory, work, strict)
    _check([Path(file) for file in files], None if output is None else Path(output), format_, options)


def demo_command(format_: FormatOption = Format.TEXT, store: StoreOption = None, pin: PinOption = None) -> None:
    """Check the sample claims that come with Trocar: 28 fictional claims, one lesson each."""
    from importlib import resources

    sample = Path(str(resources.files("trocar").joinpath("data", "sample", "claims.csv")))
    _check([sample], None, format_, BookOptions(store, tuple(pin or ())))


def _check(files: Sequence[Path], output: Path | None, format_: Format, options: BookOptions) -> None:
    from trocar.book.merge import check_target
    from trocar.entrypoints import findings_table
    from trocar.entrypoints.check_answer import CheckAnswer
    from trocar.entrypoints.claims_input import STANDARD_INPUT, Input, read_few, read_files

    if output is not None:
        check_target(output)
    if output is None or STANDARD_INPUT in files:
        read = read_files(files, strict=options.strict)
    else:
        few = read_few(files, strict=options.strict)
        if not isinstance(few, Input):
            from trocar.entrypoints.book_run import check_book

            _exit(check_book(options.job("check", files, output), few, format_))
            return
        read = few
    answer = CheckAnswer.of(read, open_store(options.store, options.pins).pack)
    if output is not None:
        findings_table.write(answer, output)
    _show(answer, format_)
    _exit(answer.exit_code)


def _exit(code: int) -> None:
    if code:
        raise typer.Exit(code)


def _show(answer: CheckAnswer, format_: Format) -> None:
    from trocar.scrub.findings_table import COLUMNS, flat

    if format_ is Format.JSON:
        print_json([*answer.rows(), {"summary": answer.summary}])
    elif format_ is Format.CSV:
        print_csv(COLUMNS, map(flat, answer.table_rows()))
    else:
        from trocar.entrypoints.check_text import print_answer

        print_answer(answer)
