"""``trocar price``: one line, or every line of a claim CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import (
    BookOptions,
    Format,
    FormatOption,
    JobsOption,
    LocalityOption,
    MemoryOption,
    NationalOption,
    OnOption,
    Opened,
    PinOption,
    Setting,
    StoreOption,
    WorkOption,
    ZipOption,
    open_store,
    place_of,
    service_day,
)
from trocar.entrypoints.render import print_csv, print_json

if TYPE_CHECKING:
    from trocar.claims.model import ClaimLine

NOT_CHECKED = 3
EXAMPLE = "Example: trocar price 77002-26 --on 2025-11-03 --zip 10001 --pos 22 --explain"


def price_command(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE-MOD", help="A code with its modifiers: 77002, 77002-26, 64483-50-RT.")
    ] = None,
    on: OnOption = None,
    zip_code: ZipOption = None,
    locality: LocalityOption = None,
    national: NationalOption = False,
    pos: Annotated[str | None, typer.Option("--pos", metavar="NN", help="Place of service; never guessed.")] = None,
    units: Annotated[str | None, typer.Option("--units", help="Units of service; default 1.")] = None,
    charge: Annotated[str | None, typer.Option("--charge", metavar="AMOUNT", help="Charge of the line.")] = None,
    setting: Annotated[Setting | None, typer.Option("--setting", help="Whose claim; default practitioner.")] = None,
    qualifying_apm: Annotated[
        bool | None, typer.Option("--qualifying-apm/--no-qualifying-apm", help="Qualifying APM participant (2026 on).")
    ] = None,
    participating: Annotated[
        bool | None, typer.Option("--participating/--nonparticipating", help="Participates in Medicare.")
    ] = None,
    provider_type: Annotated[
        str | None, typer.Option("--provider-type", metavar="TYPE", help="MD, DO, NP, PA, CNS, CNM ...")
    ] = None,
    hpsa: Annotated[
        bool | None, typer.Option("--hpsa/--no-hpsa", help="In a health professional shortage area.")
    ] = None,
    deductible: Annotated[
        str | None, typer.Option("--deductible", metavar="AMOUNT", help="Part B deductible still open.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="FILE",
            help="Price every line of a claim file: 837P, 837I, FHIR, CSV, JSON lines, Parquet; - is standard input.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="With --file: write the prices to FILE (.parquet, .csv, .json)."
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every step with its numbers and its source.")
    ] = False,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
    pin: PinOption = None,
    jobs: JobsOption = None,
    memory: MemoryOption = "2GiB",
    work: WorkOption = None,
) -> None:
    """What Medicare allows for a line on a day at a place, step by step and cited.

    With --file and -o a large book is priced out of core, as by ``trocar check``.
    """
    if (code is None) == (file is None):
        raise UsageError("name one code, or a file", where="trocar price", remedy=EXAMPLE)
    if output is not None:
        if file is None:
            raise UsageError(
                "-o goes with --file", where="-o", remedy="trocar price --file lines.csv -o prices.parquet"
            )
        from trocar.entrypoints.price_files import price_file

        code_of_exit = price_file(file, output, format_, BookOptions(store, tuple(pin or ()), jobs, memory, work))
        raise typer.Exit(code_of_exit)
    if file is not None:
        answers = _price_file(open_store(store, pin), file)
    else:
        assert code is not None
        given = {
            "place_of_service": pos, "units": units, "charge": charge, "provider_type": provider_type,
            "deductible_remaining": deductible,
        }  # fmt: skip
        said = {"qualifying_apm": qualifying_apm, "participating": participating, "hpsa": hpsa}
        given |= {name: None if value is None else _YES_OR_NO[value] for name, value in said.items()}
        line = _line(code, on, place_of(zip_code, locality, national), given | {"setting": setting})
        answers = _price_line(open_store(store, pin), line)
    _show(answers, format_, explain=explain)
    if any(answer["status"] == "not_checked" for answer in answers):
        raise typer.Exit(NOT_CHECKED)


def _line(code: str, on: str | None, place: Mapping[str, str], given: Mapping[str, str | None]) -> ClaimLine:
    """The claim line of a command line; options are read as the cells of a claim CSV are."""
    from trocar.entrypoints.price_line import line_of

    addresses = {name: f"--{OPTION_OF.get(name, name).replace('_', '-')}" for name in given}
    return line_of(code, service_day(on), place, given, addresses)


# Options whose name is not the column's.
OPTION_OF = {"place_of_service": "pos", "deductible_remaining": "deductible"}
_YES_OR_NO = {True: "yes", False: "no"}


def _price_line(opened: Opened, line: ClaimLine) -> list[dict[str, Any]]:
    from trocar.claims.model import claim_table
    from trocar.entrypoints.price_line import priced

    return priced(claim_table([line]), opened.pack)


def _price_file(opened: Opened, path: Path) -> list[dict[str, Any]]:
    """Lines priced and rows that can't be read, in the order of the file."""
    from trocar.entrypoints.claims_input import read_files
    from trocar.entrypoints.price_line import priced, unreadable

    reading = read_files([path])
    answers = [
        (_row_number(where), answer)
        for where, answer in zip(reading.table["where"].to_pylist(), priced(reading.table, opened.pack), strict=True)
    ]
    answers += [(_row_number(problem.where), unreadable(problem)) for problem in reading.problems]
    return [answer for _, answer in sorted(answers, key=lambda pair: pair[0])]


def _row_number(where: str) -> int:
    """The row in an address such as ``claims.csv row 14`` or ``claims.csv C14``."""
    digits = re.search(r"(\d+)$", where)
    return int(digits[1]) if digits else 0


def _show(answers: list[dict[str, Any]], format_: Format, *, explain: bool) -> None:
    if format_ is Format.JSON:
        print_json(answers)
    elif format_ is Format.CSV:
        from trocar.entrypoints.price_line import COLUMNS

        print_csv(COLUMNS, answers)
    else:
        from trocar.entrypoints.price_text import print_prices

        print_prices(answers, explain=explain)
