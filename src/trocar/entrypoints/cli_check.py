"""``trocar check`` and ``trocar demo``: claims in, findings and what was not checked out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.entrypoints.options import Format, FormatOption, PinOption, StoreOption, open_store
from trocar.entrypoints.render import print_csv, print_json

if TYPE_CHECKING:
    from trocar.entrypoints.check_answer import CheckAnswer

EXAMPLE = "Example: trocar check claims.csv -o findings.parquet"
DEMO_EXAMPLE = "Example: trocar demo --format json"


def check_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="Claim CSV files; - reads standard input.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Also write all rows to FILE: .parquet, .json or .csv."),
    ] = None,
    format_: FormatOption = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that can't be read.")] = False,
    store: StoreOption = None,
    pin: PinOption = None,
) -> None:
    """Check claims: per claim a verdict, findings by money, what was not checked, the releases used.

    Exit code 0: clear. 1: findings to deny or review. 2: usage or unreadable input. 3: something was not checked,
    and nothing found.
    """
    _check(files, output, format_, strict=strict, store=store, pins=pin)


def demo_command(format_: FormatOption = Format.TEXT, store: StoreOption = None, pin: PinOption = None) -> None:
    """Check the sample claims that come with Trocar: 28 fictional claims, one lesson each."""
    from importlib import resources

    sample = Path(str(resources.files("trocar").joinpath("data", "sample", "claims.csv")))
    _check([sample], None, format_, strict=False, store=store, pins=pin)


def _check(
    files: Sequence[Path],
    output: Path | None,
    format_: Format,
    *,
    strict: bool,
    store: Path | None,
    pins: Sequence[str] | None,
) -> None:
    from trocar.entrypoints import findings_table
    from trocar.entrypoints.check_answer import CheckAnswer
    from trocar.entrypoints.claims_input import read_files

    if output is not None:
        findings_table.check_target(output)
    answer = CheckAnswer.of(read_files(files, strict=strict), open_store(store, pins).pack)
    if output is not None:
        findings_table.write(answer, output)
    _show(answer, format_)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def _show(answer: CheckAnswer, format_: Format) -> None:
    from trocar.scrub.findings_table import COLUMNS, flat

    if format_ is Format.JSON:
        print_json([*answer.rows(), {"summary": answer.summary}])
    elif format_ is Format.CSV:
        print_csv(COLUMNS, map(flat, answer.rows()))
    else:
        from trocar.entrypoints.check_text import print_answer

        print_answer(answer)
