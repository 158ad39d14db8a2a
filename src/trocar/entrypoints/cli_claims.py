"""``trocar claims``: claims in any format written as one typed claim table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import print_csv, print_json

if TYPE_CHECKING:
    from trocar.claims.csv import ClaimReading

claims = typer.Typer(no_args_is_help=True, help="Claim files: write them as the claim table.")
NOT_CHECKED = 3
PROBLEM_COLUMNS = ("claim_id", "line", "not_checked", "needs", "where")
# Small enough that a book's processes share a file among them, large enough that each text is kept once for many rows.
_ROWS_PER_GROUP = 125_000


@dataclass
class _Counted:
    """Rows read so far, and what the reader had to say of them."""

    rows_read: int = 0
    lines: int = 0
    rows_not_readable: int = 0
    notes: tuple[str, ...] = ()

    def add(self, reading: ClaimReading) -> None:
        self.rows_read += reading.rows_read
        self.lines += reading.table.num_rows
        self.rows_not_readable += len(reading.problems)
        self.notes = tuple(dict.fromkeys((*self.notes, *reading.notes)))


@claims.command("convert", epilog="Example: trocar claims convert claims.csv.gz -o claims.parquet")
def convert_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES...",
            help="Claims, one book: 837P, 837I, FHIR, CSV, JSON lines, Parquet; gzip or zip; - is standard input.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The claim table: a .parquet file.")],
    format_: FormatOption = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that can't be read.")] = False,
) -> None:
    """Write claims as the typed claim table in Parquet: what is quickest to check again, and what Spark reads.

    Rows that can't be read are listed and left out. Files of any size are read chunk by chunk.

    Exit code 0: every row was read. 2: usage or unreadable input. 3: some rows could not be read.
    """
    from trocar.book.merge import check_target

    if output.suffix != ".parquet":
        raise UsageError("the claim table is a Parquet file", where=f"-o {output}", remedy="End the name in .parquet.")
    check_target(output)
    counted = _Counted()
    problems = _written(files, output, counted, strict=strict)
    if format_ is Format.CSV:
        print_csv(PROBLEM_COLUMNS, problems)
    elif format_ is Format.JSON:
        print_json(problems)
        print_json([{"summary": {**vars(counted), "output": str(output)}}])
    else:
        for problem in problems:
            typer.echo(f"not readable: {problem['not_checked']}")
        _print_counts(counted, output)
    if counted.rows_not_readable:
        raise typer.Exit(NOT_CHECKED)


def _written(files: list[Path], output: Path, counted: _Counted, *, strict: bool) -> Iterator[dict[str, Any]]:
    """Write the lines; gives the rows that can't be read as they come. The file is there when the last has come."""
    import pyarrow.parquet as pq

    from trocar.book.problems import problem_row
    from trocar.claims.table import CLAIM_SCHEMA
    from trocar.entrypoints.claims_input import readings
    from trocar.files.whole import written_whole

    with written_whole(output) as path, pq.ParquetWriter(path, CLAIM_SCHEMA, compression="zstd") as writer:
        for reading in readings(files, strict=strict):
            writer.write_table(reading.table, row_group_size=_ROWS_PER_GROUP)
            counted.add(reading)
            yield from map(problem_row, reading.problems)


def _print_counts(counted: _Counted, output: Path) -> None:
    unread = counted.rows_not_readable
    more = f", {unread} row{'s' if unread > 1 else ''} not readable" if unread else ""
    typer.echo(f"{counted.rows_read} rows read: {counted.lines} lines written to {output}{more}")
    for note in counted.notes:
        typer.echo(f"note: {note}")
