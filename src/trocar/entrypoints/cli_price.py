"""``trocar price``: one line, or every line of a claim CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    PatientFieldsOption,
    PinOption,
    PublishedOption,
    ReceiptOption,
    Setting,
    StoreOption,
    WorkOption,
    ZipOption,
    open_store,
    place_of,
    service_day,
    with_clock,
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
    receipt: ReceiptOption = None,
    patient_fields: PatientFieldsOption = False,
    store: StoreOption = None,
    pin: PinOption = None,
    published: PublishedOption = None,
    jobs: JobsOption = None,
    memory: MemoryOption = "2GiB",
    work: WorkOption = None,
) -> None:
    """What Medicare allows for a line on a day at a place, step by step and cited.

    With --file and -o a large book is priced out of core, as by ``trocar check``.
    """
    pins = with_clock(pin, published)
    if (code is None) == (file is None):
        raise UsageError("name one code, or a file", where="trocar price", remedy=EXAMPLE)
    if output is not None:
        if file is None:
            raise UsageError(
                "-o goes with --file", where="-o", remedy="trocar price --file lines.csv -o prices.parquet"
            )
        from trocar.entrypoints.price_files import price_file

        if receipt is not None:
            _proof_of_file(receipt, file, open_store(store, pins), pins, patient_fields)
        code_of_exit = price_file(file, output, format_, BookOptions(store, tuple(pins), jobs, memory, work))
        raise typer.Exit(code_of_exit)
    opened = open_store(store, pins)
    if file is not None:
        if receipt is not None:
            _proof_of_file(receipt, file, opened, pins, patient_fields)
        answers = _price_file(opened, file)
    else:
        assert code is not None
        from trocar.claims.model import claim_table
        from trocar.entrypoints.price_line import priced
        from trocar.entrypoints.receipt_file import save_receipt

        given = {
            "place_of_service": pos, "units": units, "charge": charge, "provider_type": provider_type,
            "deductible_remaining": deductible,
        }  # fmt: skip
        said = {"qualifying_apm": qualifying_apm, "participating": participating, "hpsa": hpsa}
        given |= {name: None if value is None else _YES_OR_NO[value] for name, value in said.items()}
        line = _line(code, on, place_of(zip_code, locality, national), given | {"setting": setting})
        table = claim_table([line])
        if receipt is not None:
            save_receipt(receipt, "price", table, opened, pins, patient_fields=patient_fields)
        answers = priced(table, opened.pack)
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


def _proof_of_file(receipt: Path, file: Path, opened: Opened, pins: Sequence[str], patient_fields: bool) -> None:
    """The receipt of a file, from what is read of it; raises ``UsageError`` for what can't be read twice."""
    from trocar.entrypoints.claims_input import read_files
    from trocar.entrypoints.receipt_file import check_receipt_inputs, save_receipt

    check_receipt_inputs([file])
    read = read_files([file])
    unread = len(read.problems)
    save_receipt(receipt, "price", read.table, opened, pins, [file], unread, patient_fields=patient_fields)


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
