"""``trocar summary``: what a findings file holds, by rule, code, payer, month or provider."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import csv_text, print_columns, print_json

if TYPE_CHECKING:
    from trocar.book.summary import Summary

EXAMPLE = "Example: trocar summary findings.parquet --by code -o report.html"
_SUFFIXES = (".xlsx", ".html", ".csv")
_BYS = ("rule", "code", "payer", "month", "provider")


def summary_command(
    findings: Annotated[Path, typer.Argument(metavar="FINDINGS", help="A file of trocar check -o: .parquet or .csv.")],
    claims: Annotated[
        list[Path] | None,
        typer.Option(
            "--claims", metavar="FILE", help="The claims checked (repeat it): findings as shares of all lines."
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="WHAT", help="rule, code, payer, month or provider; default rule, in a file all."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="A workbook, a page with charts, a table: .xlsx .html .csv."
        ),
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Sum up findings: counts, dollars at risk, and shares with the numbers they are made of."""
    from trocar.book.summary import BookLines, By, summarise
    from trocar.entrypoints.claims_input import readings

    if output is not None and output.suffix not in _SUFFIXES:
        raise UsageError(
            f"{output.suffix!r} is not a kind of report", where=f"-o {output}", remedy=f"One of {', '.join(_SUFFIXES)}."
        )
    unknown = [name for name in by or () if name not in _BYS]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is nothing to group by", where="--by", remedy=f"One of {', '.join(_BYS)}.")
    wanted = [By(name) for name in by or (_BYS if output is not None else ("rule",))]
    summaries = summarise(findings, wanted, BookLines.of(readings(claims)) if claims else None)
    if output is None:
        _show(summaries, format_)
    else:
        _write(summaries, output)


def _write(summaries: list[Summary], output: Path) -> None:
    from trocar.book.report import write_page, write_workbook
    from trocar.book.summary_rows import TITLES, rows
    from trocar.files.whole import written_whole

    if output.suffix == ".xlsx":
        write_workbook(output, summaries)
    elif output.suffix == ".html":
        write_page(output, summaries)
    else:
        text = csv_text(tuple(TITLES), (row for summary in summaries for row in rows(summary)))
        with written_whole(output) as path:
            path.write_text(text, "utf-8")
    typer.echo(f"written: {output}")


def _show(summaries: list[Summary], format_: Format) -> None:
    from trocar.book.summary_rows import TITLES, notes, rows

    if format_ is Format.JSON:
        print_json(row for summary in summaries for row in rows(summary))
        return
    if format_ is Format.CSV:
        typer.echo(csv_text(tuple(TITLES), (row for summary in summaries for row in rows(summary))), nl=False)
        return
    for summary in summaries:
        names = [name for name in TITLES if name != "by" and not (name == "share_of_lines" and not _has_book(summary))]
        print_columns(
            [TITLES[name] or summary.by.value for name in names],
            [[str(row[name]) for name in names] for row in rows(summary)],
        )
        for note in notes(summary):
            typer.echo(f"note: {note}")


def _has_book(summary: Summary) -> bool:
    return summary.total.book_lines is not None
