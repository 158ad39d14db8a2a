"""``trocar denials``: why lines of a book of remittances were denied, what was paid too little, what to work first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption, PinOption, StoreOption, open_store, today

if TYPE_CHECKING:
    from trocar.denials.analysis import Analysis

EXAMPLE = "Example: trocar denials book.parquet --contracts contracts.toml -o denials.xlsx"
ContractsOption = Annotated[
    Path | None,
    typer.Option("--contracts", metavar="FILE", help="What payers agreed to pay (docs/formats/contracts.md)."),
]
AsOfOption = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="The day deadlines are looked at; default: today.")
]


def denials_command(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help="A book of trocar remit.")],
    contracts: ContractsOption = None,
    on: AsOfOption = None,
    section: Annotated[
        list[str] | None,
        typer.Option("--section", metavar="NAME", help="Only this table (repeat it), such as worklist."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="A workbook, a page with charts, a table: .xlsx .html .csv."
        ),
    ] = None,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
    pin: PinOption = None,
) -> None:
    """Say why each line was denied or cut, what was allowed too little, and what to work first.

    A cause is a public rule with its row, the claim's data, the patient's part, nothing public, or not checked.
    """
    from trocar.denials.sections import SECTIONS
    from trocar.entrypoints.sections_text import check_report, show, write

    check_report(output)
    for name in section or ():
        if name not in SECTIONS:
            remedy = f"One of {', '.join(SECTIONS)}."
            raise UsageError(f"there is no table {name!r}", where="--section", remedy=remedy)
    analysis = analysed(book, contracts, on, store, pin)
    built = [SECTIONS[name](analysis) for name in section or SECTIONS]
    if output is None:
        show(built, format_)
    else:
        write(built, output, "Denials and underpayments")


def analysed(book: Path, contracts: Path | None, on: str | None, store: Path | None, pin: list[str] | None) -> Analysis:
    """The analysis of a book as the options ask for it; raises when an option can't be understood."""
    from trocar.claims import cells
    from trocar.denials.analysis import analyse
    from trocar.denials.contract_file import read_contracts
    from trocar.denials.store import RemittanceBook

    opened = RemittanceBook.open(book)
    agreed = None if contracts is None else read_contracts(contracts)
    day = today() if on is None else cells.service_date(on)
    if on is None:
        typer.echo(f"--on not given: {day.isoformat()} used", err=True)
    held = open_store(store, pin)
    return analyse(opened, held.pack, held.store, day, agreed)


def feedback_of(book: Path, rule: str, store: Path | None, pin: list[str] | None) -> list[dict[str, Any]]:
    """What each payer made of a rule's findings, with bounds of the share denied (Wilson, 95 percent)."""
    from trocar.community.wilson import wilson_interval
    from trocar.denials.analysis import rules_judged
    from trocar.denials.sections import feedback_rows
    from trocar.denials.store import RemittanceBook

    rows = feedback_rows(rules_judged(RemittanceBook.open(book), open_store(store, pin).pack))
    answer = [row for row in rows if row["rule"] == rule]
    for row in answer:
        row["denied_share_between"] = [f"{bound:.0%}" for bound in wilson_interval(row["denied"], row["fired"])]
    return answer
