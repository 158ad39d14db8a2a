"""``trocar check`` and ``trocar demo``: claims in, findings and what was not checked out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.configuration import ConfigOption, suppressions_asked
from trocar.entrypoints.options import (
    BookOptions,
    Format,
    FormatOption,
    JobsOption,
    MemoryOption,
    PatientFieldsOption,
    PinOption,
    PublishedOption,
    ReceiptOption,
    StoreOption,
    WorkOption,
    open_store,
    with_clock,
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
    config: ConfigOption = None,
    store: StoreOption = None,
    pin: PinOption = None,
    published: PublishedOption = None,
    jobs: JobsOption = None,
    memory: MemoryOption = "2GiB",
    work: WorkOption = None,
    engine: Annotated[Engine, typer.Option("--engine", help="local, or spark on a cluster (Parquet claims).")] = (
        Engine.LOCAL
    ),
    receipt: ReceiptOption = None,
    patient_fields: PatientFieldsOption = False,
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
    pins = with_clock(pin, published)
    if engine is Engine.SPARK:
        if receipt is not None:
            raise UsageError("a cluster writes no receipt", where="--receipt", remedy="Leave --engine out.")
        from trocar.entrypoints.cluster_run import check_on_cluster

        _refuse_suppressions(config)
        _exit(check_on_cluster(files, output, master, format_, store, pins))
        return
    options = BookOptions(store, tuple(pins), jobs, memory, work, strict, suppressions_asked(config))
    proof = None if receipt is None else (receipt, patient_fields)
    _check([Path(file) for file in files], None if output is None else Path(output), format_, options, proof)


def _refuse_suppressions(config: Path | None) -> None:
    """On a cluster only the findings come back, so that what is silenced could not be counted."""
    if entries := suppressions_asked(config).entries:
        raise UsageError(
            "a cluster can't count what is suppressed",
            where=entries[0].where,
            remedy="Run it with --config and a file that suppresses nothing, or without --engine spark.",
        )


def demo_command(format_: FormatOption = Format.TEXT, store: StoreOption = None, pin: PinOption = None) -> None:
    """Check the sample claims that come with Trocar: 28 fictional claims, one lesson each."""
    from importlib import resources

    sample = Path(str(resources.files("trocar").joinpath("data", "sample", "claims.csv")))
    _check([sample], None, format_, BookOptions(store, tuple(pin or ())))


def _check(
    files: Sequence[Path],
    output: Path | None,
    format_: Format,
    options: BookOptions,
    proof: tuple[Path, bool] | None = None,
) -> None:
    """Check, show and exit; ``proof`` is where the receipt goes, and whether it has the patient fields."""
    from trocar.book.merge import check_target
    from trocar.entrypoints import findings_table
    from trocar.entrypoints.check_answer import CheckAnswer
    from trocar.entrypoints.claims_input import STANDARD_INPUT, Input, read_few, read_files
    from trocar.entrypoints.receipt_file import check_receipt_inputs, save_receipt
    from trocar.scrub.suppression import NO_SUPPRESSIONS

    if output is not None:
        check_target(output)
    if proof is not None:
        check_receipt_inputs(files)
    if output is None or proof is not None or STANDARD_INPUT in files:
        read = read_files(files, strict=options.strict)
    else:
        few = read_few(files, strict=options.strict)
        if not isinstance(few, Input):
            from trocar.entrypoints.book_run import check_book

            _exit(check_book(options.job("check", files, output), few, format_))
            return
        read = few
    opened = open_store(options.store, options.pins)
    answer = CheckAnswer.of(read, opened.pack, options.suppressions or NO_SUPPRESSIONS)
    if proof is not None:
        receipt, patient_fields = proof
        unread = len(read.problems)
        save_receipt(receipt, "check", read.table, opened, options.pins, files, unread, patient_fields=patient_fields)
    if output is not None:
        findings_table.write(answer, output)
    _show(answer, format_)
    _exit(answer.exit_code)


def _exit(code: int) -> None:
    if code:
        raise typer.Exit(code)


def _show(answer: CheckAnswer, format_: Format) -> None:
    from trocar.entrypoints.check_text import suppressed_words
    from trocar.scrub.findings_table import COLUMNS, flat

    if format_ is Format.JSON:
        print_json([*answer.rows(), {"summary": answer.summary}])
    elif format_ is Format.CSV:
        print_csv(COLUMNS, map(flat, answer.table_rows()))
        for text in suppressed_words(answer.summary):
            typer.echo(text, err=True)
    else:
        from trocar.entrypoints.check_text import print_answer

        print_answer(answer)
