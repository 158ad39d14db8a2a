"""Books on the command line: run the job, print its summary, give the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from trocar.book.job import Job
from trocar.book.run import run
from trocar.book.tally import NOT_CHECKED, exit_code
from trocar.claims.books import BookFile
from trocar.entrypoints.check_text import print_summary
from trocar.entrypoints.options import Format
from trocar.entrypoints.render import print_json


def check_book(job: Job, parts: Sequence[BookFile], format_: Format) -> int:
    """Check a book: its rows go to the file, so only the summary is printed (nothing with ``--format csv``)."""
    summary = run(job, parts)
    if format_ is Format.JSON:
        print_json([{"summary": summary}])
    elif format_ is Format.TEXT:
        print_summary(summary)
    return exit_code(summary)


def price_book(job: Job, parts: Sequence[BookFile], format_: Format) -> int:
    """Price a book, in the same way; 3 when a line could not be priced for want of data."""
    return show_prices(run(job, parts), format_)


def show_prices(summary: dict[str, Any], format_: Format) -> int:
    """Print the summary of prices; gives the exit code."""
    if format_ is Format.JSON:
        print_json([{"summary": summary}])
    elif format_ is Format.TEXT:
        _print_prices(summary)
    missing = summary["price_status"].get("not_checked", 0) or summary["rows_not_readable"]
    return NOT_CHECKED if missing else 0


def _print_prices(summary: dict[str, Any]) -> None:
    unread = summary["rows_not_readable"]
    more = f", {unread} row{'s' if unread > 1 else ''} not readable" if unread else ""
    typer.echo(f"{summary['rows_read']} rows read: {summary['lines']} lines{more}")
    for status, count in summary["price_status"].items():
        typer.echo(f"{status.replace('_', ' ')}: {count}")
    for note in summary["notes"]:
        typer.echo(f"note: {note}")
