"""``trocar fix``: claims in, the fewest changes that clear what would be denied out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.configuration import ConfigOption, suppressions_asked
from trocar.entrypoints.options import Format, PinOption, StoreOption, open_store
from trocar.entrypoints.render import csv_text, print_csv, print_json

if TYPE_CHECKING:
    from trocar.repair.repair import Repair

EXAMPLE = "Example: trocar fix claims.csv -o repaired.csv"
OPEN, NOT_CHECKED = 1, 3


def fix_command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILES...", help="Claims, one book, as for trocar check; - is standard input."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the repaired claims to FILE, a .csv."),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="text, json (one object per claim) or csv (the repaired claims).")
    ] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that can't be read.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
    pin: PinOption = None,
) -> None:
    """Mend claims: the fewest changes the law allows that clear every finding of severity deny.

    Each step says what it changes, why, what the record must hold and the payment before and after. A line that is not
    separately billable stays on the claim at no charge. Modifiers that state a fact (59, XE, XP, XS, XU, 25) are never
    put on a line: they are options under that fact.

    Exit code 0: every claim is clear or repaired. 1: something is left to decide. 2: usage or unreadable input.
    3: something was not checked, and nothing is left to decide.
    """
    from trocar.book.problems import problem_row
    from trocar.entrypoints.claims_input import read_files
    from trocar.entrypoints.fix_text import print_repairs
    from trocar.repair.repair import repair

    if output is not None and (output.suffix != ".csv" or not output.parent.is_dir()):
        raise UsageError(
            "repaired claims are a CSV", where=f"-o {output}", remedy="Name a .csv in a folder that is there."
        )
    reading = read_files(files, strict=strict)
    answer = repair(reading.table, open_store(store, pin).pack, suppressions_asked(config))
    shapes = [claim.to_dict() for claim in answer.claims]
    problems = [problem_row(problem) for problem in reading.problems]
    if output is not None:
        _write(answer, output)
    if format_ is Format.JSON:
        print_json([*shapes, *problems])
    elif format_ is Format.TEXT:
        print_repairs(shapes)
    elif output is None:
        print_csv(_columns(), repaired_rows(answer))
    if format_ is not Format.JSON:
        for problem in problems:
            typer.echo(f"not readable, and not written: {problem['not_checked']}", err=True)
    if any(claim.undecided for claim in answer.claims):
        raise typer.Exit(OPEN)
    if problems or any(claim.not_checked for claim in answer.claims):
        raise typer.Exit(NOT_CHECKED)


def repaired_rows(answer: Repair) -> Iterator[dict[str, str]]:
    """The repaired claims in the columns of the claim CSV, with the reasons of each line that changed or is open."""
    from trocar.claims.written import cells
    from trocar.repair.answer import reasons

    said = reasons(answer.claims)
    for line in answer.lines:
        yield cells(line) | {"reasons": "; ".join(said.get((line.claim_id, line.line), ()))}


def _columns() -> tuple[str, ...]:
    from trocar.claims.written import COLUMNS

    return (*COLUMNS, "reasons")


def _write(answer: Repair, path: Path) -> None:
    from trocar.files.whole import written_whole

    with written_whole(path) as building:
        building.write_text(csv_text(_columns(), repaired_rows(answer)), "utf-8")
