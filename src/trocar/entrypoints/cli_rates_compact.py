"""``trocar rates compact``: extracted rates as one set that answers at once."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from trocar.entrypoints.options import Format, FormatOption, memory_size
from trocar.entrypoints.render import print_csv, print_json

EXAMPLE = "Example: trocar rates compact rates/ -o rates-set/"


def compact_command(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of trocar rates extract.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The set, new or to be added to.")],
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="Bound of memory; what is more waits on disk.")
    ] = "2GiB",
    format_: FormatOption = Format.TEXT,
) -> None:
    """Put extracted files into one set: by payer, sorted by code, with what rates say of one another worked out.

    Every command and page that reads extracted rates reads a set as well, and answers the same. A file that is in the
    set already is left alone; only the payers of new files are written anew. The set changes at once or not at all.
    """
    from trocar.benchmarks.compaction.compact import compact

    done = asdict(compact(source, output, memory_size(memory)))
    if format_ is Format.JSON:
        print_json([done])
    elif format_ is Format.CSV:
        print_csv(tuple(done), [done])
    else:
        typer.echo(
            f"{output}: {done['added']} files added, {done['replaced']} replaced, {done['kept']} there already; "
            f"{done['rates']:,} rates in {done['partitions']} partitions, {done['written']} written"
        )
