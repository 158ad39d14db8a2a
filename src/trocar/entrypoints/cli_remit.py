"""``trocar remit``: remittances into a local book, reconciled with the claims they answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from trocar.core.errors import TrocarError, UsageError
from trocar.entrypoints.options import Format, FormatOption

EXAMPLE = "Example: trocar remit era.835 --claims sent.837 -o book.parquet"


def remit_command(
    book: Annotated[
        Path, typer.Option("-o", "--output", metavar="BOOK", help="The book: a folder, made when it is not there.")
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILES...", help="Remittances (835), also .gz or .zip, or folders of them; - is standard input."
        ),
    ] = None,
    claims: Annotated[
        list[Path] | None,
        typer.Option("--claims", metavar="FILE", help="Claims as sent (repeat it): 837, CSV, FHIR, Parquet."),
    ] = None,
    deposits: Annotated[
        list[Path] | None,
        typer.Option("--deposits", metavar="FILE", help="The bank's deposits (repeat it): CSV, docs/formats/remit.md."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the tables to .xlsx, .html or .csv.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a remittance whose X12 has an error, with exit code 2.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Add remittances to a book and reconcile: balance, copies, reversals, what is unanswered or was never sent.

    A file added twice changes nothing. Without files the book is shown as it is.

    Exit code 0: everything balances and is matched. 1: something does not. 2: unreadable input.
    """
    from trocar.denials.analysis import reconcile
    from trocar.denials.ingest import Added, add_claims, add_deposits, add_remittances
    from trocar.denials.reconciliation import reconciliation
    from trocar.denials.store import RemittanceBook
    from trocar.entrypoints.sections_text import check_report, show, write

    check_report(report)
    is_new = not book.exists()
    opened = RemittanceBook.create(book) if files or claims or deposits else RemittanceBook.open(book)
    added: list[Added] = []
    try:
        for file in _files(files or ()):
            stdin = str(file) == "-"
            content = sys.stdin.buffer.read() if stdin else file
            added += add_remittances(opened, content, "standard input" if stdin else "", strict=strict)
        added += [add_claims(opened, file) for file in claims or ()]
        added += [add_deposits(opened, file) for file in deposits or ()]
    except TrocarError:
        if is_new:
            opened.discard_if_empty()
        raise
    for entry in added:
        what = "in the book already" if entry.known else f"{entry.rows} {_UNITS[entry.kind]}, {entry.findings} findings"
        typer.echo(f"{entry.name}: {what}", err=True)
        for note in entry.notes:
            typer.echo(f"note: {note}", err=True)
    sections = reconciliation(reconcile(opened))
    if report is None:
        show(sections, format_, "--report FILE.xlsx")
    else:
        write(sections, report, "Remittances reconciled")
    exceptions = {section.id: section.rows for section in sections}
    out_of_balance = any(
        row["difference"] or row["lines_out_of_balance"] or row["claims_out_of_balance"]
        for row in exceptions["balance"]
    )
    missed = any(row["state"] != "met" for row in exceptions["deposits"])
    if out_of_balance or missed or any(exceptions[name] for name in _EXCEPTIONS):
        raise typer.Exit(1)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as they are; of a folder every file in it, by name, but for hidden ones."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        if not found:
            raise UsageError("the folder holds no file", where=str(path), remedy="Name the remittances.")
        yield from found


_UNITS = {"remittance": "claims", "claims": "lines", "deposits": "deposits"}
_EXCEPTIONS = ("copies", "same_number", "repeated", "unanswered", "unsent", "disagreement", "findings")
