"""``trocar rates summary``: percentiles of one code's published rates, beside Medicare's amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.asking import NOT_ASKED, Asking, with_asking
from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import print_columns, print_csv, print_json

if TYPE_CHECKING:
    from trocar.benchmarks.summary import Question, Summary

EXAMPLE = "Example: trocar rates summary 77012-26 --state MD --rates rates --on 2025-11-03"
RatesOption = Annotated[
    Path,
    typer.Option("--rates", metavar="DIR", envvar="TROCAR_RATES", help="Folder of trocar rates extract or compact."),
]
COLUMNS = (
    "payer", "state", "billing_class", "setting", "component", "amount_kind", "negotiated_type", "published", "rates",
    "providers",
    "p10", "p25", "p50", "p75", "p90", "medicare", "multiple_of_medicare",
)  # fmt: skip


@with_asking
def summary_command(
    code: Annotated[str, typer.Argument(metavar="CODE[-26|-TC]", help="The code; -26 or -TC for one component.")],
    state: Annotated[
        str | None, typer.Option("--state", metavar="ST", help="Two letters; all: each state by itself.")
    ] = None,
    payer: Annotated[
        list[str] | None, typer.Option("--payer", metavar="NAME", help="A payer, or a family: bcbs (repeat it).")
    ] = None,
    amount: Annotated[
        list[str] | None,
        typer.Option("--amount", metavar="KIND", help="dollar, median, gross, cash, minimum, ... (repeat it)."),
    ] = None,
    rates: RatesOption = Path("rates"),
    by_contract: Annotated[
        bool, typer.Option("--by-contract", help="One vote for each provider group of a file, known or not.")
    ] = False,
    rows: Annotated[bool, typer.Option("--rows", help="List the rates themselves: file, place, flags.")] = False,
    asking: Asking = NOT_ASKED,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Sum up what payers and hospitals publish for a code: percentiles, and how many times Medicare.

    One vote per tax number (one per hospital); 26, TC and both together are never pooled, nor professional with
    institutional. Fewer than 5 tax numbers or 3 hospitals are not enough to show. What was left out is counted.
    """
    from trocar.benchmarks.compaction.rates_set import open_rates
    from trocar.benchmarks.shapes import benchmark_shape, summary_shape
    from trocar.benchmarks.summary import summarise

    asked = asking.asked()
    question = question_of(asked.checked, code, state, payer or (), amount or (), asking.place)
    summary = summarise(open_rates(rates), asked, replace(question, by_contract=by_contract))
    shapes = [benchmark_shape(entry) for entry in summary.benchmarks]
    if rows:
        _show_rows(summary, format_)
    elif format_ is Format.JSON:
        print_json([*shapes, {"summary": summary_shape(summary)}])
    elif format_ is Format.CSV:
        print_csv(COLUMNS, [_flat(shape) for shape in shapes])
    else:
        _show(shapes, summary_shape(summary), "provider groups" if by_contract else "tax numbers")


def question_of(
    checked: Any, code: str, state: str | None, payers: Sequence[str], amounts: Sequence[str], place: dict[str, str]
) -> Question:
    """The question that the options ask; raises ``UsageError``."""
    from trocar.benchmarks.summary import SHOWN_KINDS, Question
    from trocar.benchmarks.tables import AMOUNT_KINDS

    base, _, component = code.strip().upper().partition("-")
    if component not in ("", "26", "TC"):
        raise UsageError(f"{component} is no component", where=code, remedy="Write 77012, 77012-26 or 77012-TC.")
    for name in amounts:
        if name not in AMOUNT_KINDS:
            raise UsageError(
                f"{name!r} is no kind of amount", where="--amount", remedy=f"One of {', '.join(AMOUNT_KINDS)}."
            )
    told = (state or "").upper()
    if told not in ("", "ALL") and not (len(told) == 2 and told.isalpha()):
        raise UsageError(f"{state!r} is no state", where="--state", remedy="Two letters such as MD, or all.")
    return Question(
        code=checked(base),
        component=component or None,
        state=told if told not in ("", "ALL") else None,
        payers=tuple(payers),
        kinds=tuple(amounts) or SHOWN_KINDS,
        place=place,
        each_state=told == "ALL",
    )


def _flat(shape: Mapping[str, Any]) -> dict[str, Any]:
    """A benchmark as one row of text; what is not shown says why."""
    percentiles = {name: vote["amount"] if vote else "not enough" for name, vote in shape["percentiles"].items()}
    payer = shape["payer_name"] or "hospital's own"
    return {
        **shape,
        **percentiles,
        "payer": f"{payer} (all)" if shape["rolled_up"] else payer,
        "state": shape["state"] or "all",
        "medicare": _between(shape["medicare"]),
        "multiple_of_medicare": _between(shape["multiple_of_medicare"]),
    }


def _between(bounds: Sequence[str] | None) -> str:
    if not bounds:
        return ""
    return bounds[0] if bounds[0] == bounds[1] else f"{bounds[0]} to {bounds[1]}"


def _show(shapes: Sequence[Mapping[str, Any]], beside: Mapping[str, Any], voters: str) -> None:
    head = f"{beside['code']}{'-' + beside['component'] if beside['component'] else ''} on {beside['on']}"
    typer.echo(f"{head}: published rates, dollars a unit; providers are {voters}, or hospitals")
    if shapes:
        rows = [[str(flat[name] if flat[name] is not None else "") for name in COLUMNS] for flat in map(_flat, shapes)]
        print_columns([name.replace("_", " ") for name in COLUMNS], rows)
    else:
        typer.echo("no rate may be compared")
    typer.echo("from published to compared:")
    steps = beside["funnel"]
    for step in (steps[0], *(step for step in steps[1:-1] if step["taken"]), steps[-1]):
        taken = f" ({step['taken']:,} taken out)" if step["taken"] else ""
        typer.echo(f"  {step['left']:>9,}  {step['words']}{taken}")
    for flag in beside["flags"]:
        kept = "" if flag["blocks"] else ", kept"
        typer.echo(f"flag {flag['flag']}: {flag['rates']:,} of {flag['of']:,}{kept}: {flag['words']}")
    for words in beside["not_checked"]:
        typer.echo(f"not checked: {words}")
    for file in beside["files"]:
        day = f", of {file['last_updated_on']}" if file["last_updated_on"] else ""
        typer.echo(f"file {file['file_id']}: {file['file']}{day}, sha256 {file['sha256'][:8]}…")


def _show_rows(summary: Summary, format_: Format) -> None:
    from trocar.benchmarks.shapes import rows_of

    if format_ is Format.JSON:
        print_json(rows_of(summary))
        return
    shapes = [
        {
            **row,
            "flags": [
                entry["flag"] + (f": {entry['detail']}" if entry["detail"] else "") for entry in row["flags"] or ()
            ],
        }
        for row in rows_of(summary)
    ]
    names = (
        "file",
        "offset",
        "ordinal",
        "payer",
        "hospital_id",
        "component",
        "class",
        "setting",
        "amount_kind",
        "rate",
        "compared",
        "flags",
    )
    if format_ is Format.CSV:
        print_csv(names, shapes)
        return
    print_columns(
        names,
        [
            [
                "; ".join(value) if isinstance(value := row[name], list) else str(value if value is not None else "")
                for name in names
            ]
            for row in shapes
        ],
    )
