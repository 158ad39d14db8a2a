"""``trocar data diff`` and ``trocar rescan``: what changed, and which claims it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption, StoreOption, day_of, open_store, store_folder, with_clock
from trocar.entrypoints.render import cited, print_csv, print_json

if TYPE_CHECKING:
    from trocar.changes.book import BookDiff, Touched
    from trocar.changes.rescan import Rescan
    from trocar.reference.diff import Change, TableDiff

DIFF_EXAMPLE = "Example: trocar data diff 2024Q3 2026Q3 --claims book.csv"
RESCAN_EXAMPLE = "Example: trocar rescan book.csv --then 2025-09-10 --now 2026-07-01"
COLUMNS = (
    "table", "setting", "change", "key", "changed", "lines", "claims", "a_month", "note", "citations", "not_checked",
)  # fmt: skip
FLIP_COLUMNS = (
    "action", "claim_id", "line", "hcpcs", "service_date", "amount", "last_day", "is_late", "rules", "messages",
    "citations",
)  # fmt: skip
FLIPS, NOT_CHECKED = 1, 3
# Rows of a table that a person is shown; --format json and csv have all.
_SHOWN = 8


def diff_command(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A quarter (2024Q3) or a release (RVU25A).")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="A later one.")],
    claims: Annotated[
        list[Path] | None, typer.Option("--claims", metavar="FILE", help="Only what touches these claims, by money.")
    ] = None,
    table: Annotated[
        list[str] | None, typer.Option("--table", metavar="TABLE", help="Only this table, such as ncci_ptp.")
    ] = None,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
) -> None:
    """What was added, ended and changed between two quarters or releases, every row cited on both sides.

    With --claims only what touches them, in dollars a month, dearest first: the lines priced by the earlier and by the
    later schedule, and what an edit's lines are allowed. A quarter is the release in force on its last day.
    Exit code 3 when no table could be compared.
    """
    from trocar.reference.diff import diff
    from trocar.reference.store import Store

    held = Store(store_folder(store))
    if claims:
        from trocar.changes.book import book_diff
        from trocar.entrypoints.claims_input import read_files

        def opener(pins: Mapping[str, str]) -> Any:
            return open_store(store, [f"{name}={release}" for name, release in pins.items()]).pack

        book = book_diff(held, opener, before, after, read_files(claims).table, table or ())
        tables: Sequence[TableDiff] = book.tables
        rows = [_touched_shape(one) for one in book.touched]
    else:
        book, tables = None, diff(held, before, after, table or ())
        rows = [_change_shape(change) for one in tables for change in one.changes]
    rows += [_not_compared(one) for one in tables if one.not_compared]
    if format_ is Format.JSON:
        print_json([*rows, {"summary": _summary(tables, book)}])
    elif format_ is Format.CSV:
        print_csv(COLUMNS, rows)
    elif book is None:
        _print_tables(tables)
    else:
        _print_book(book)
    if all(one.not_compared for one in tables):
        raise typer.Exit(NOT_CHECKED)


def rescan_command(
    claims: Annotated[list[Path], typer.Argument(metavar="FILES...", help="Past claims, as billed.")],
    then: Annotated[str, typer.Option("--then", metavar="DATE", help="What had been published when they were billed.")],
    now: Annotated[str, typer.Option("--now", metavar="DATE", help="What had been published by now.")],
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
) -> None:
    """Past claims whose verdict flips by what was published since: to resubmit, and repayment exposure.

    The same check under two clocks (--as-published-by). Exit code 0: nothing flips. 1: something does. 3: nothing
    does, but some lines could not be compared.
    """
    from trocar.changes.rescan import rescan
    from trocar.entrypoints.claims_input import read_files

    if day_of(then, "--then") >= day_of(now, "--now"):
        raise UsageError("--then is not before --now", where="trocar rescan", remedy=RESCAN_EXAMPLE)
    packs = [open_store(store, with_clock(None, day)).pack for day in (then, now)]
    found = rescan(read_files(claims).table, *packs)
    shapes = [flip.to_dict() for flip in found.flips]
    counts = {"lines": found.lines, "not_compared": found.not_compared, "published_between": [*found.published_between]}
    if format_ is Format.JSON:
        print_json([*shapes, {"summary": counts}])
    elif format_ is Format.CSV:
        print_csv(FLIP_COLUMNS, shapes)
    else:
        _print_flips(found)
    if found.flips or found.not_compared:
        raise typer.Exit(FLIPS if found.flips else NOT_CHECKED)


def _change_shape(change: Change) -> dict[str, Any]:
    names = change.changed or [*(change.before or change.after)]
    values = {name: [_plain(change.before.get(name)), _plain(change.after.get(name))] for name in names}
    return {
        "table": change.table,
        "setting": change.setting,
        "change": change.change,
        "key": dict(change.key),
        "changed": values,
        "note": change.note,
        "citations": [citation.to_dict() for citation in change.citations],
    }


def _touched_shape(one: Touched) -> dict[str, Any]:
    amount = None if one.a_month is None else str(one.a_month)
    return _change_shape(one.change) | {"lines": one.lines, "claims": one.claims, "a_month": amount}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _not_compared(one: TableDiff) -> dict[str, Any]:
    return {"table": one.table, "setting": one.setting, "not_checked": one.not_compared, "needs": one.table}


def _summary(tables: Iterable[TableDiff], book: BookDiff | None) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "tables": [
            {
                "table": one.table,
                "setting": one.setting,
                "before": one.before and one.before.release,
                "after": one.after and one.after.release,
                "counts": one.counts,
                "notes": one.notes,
                "not_checked": one.not_compared or None,
            }
            for one in tables
        ]
    }
    if book is not None:
        shape |= {"months": book.months, "allowed_before": str(book.allowed_before)}
        shape["allowed_after"] = str(book.allowed_after)
    return shape


def _print_tables(tables: Iterable[TableDiff]) -> None:
    for one in tables:
        typer.secho(_heading(one), bold=True)
        for note in one.notes:
            typer.echo(f"  note: {note}")
        for kind in one.counts:
            of_kind = [change for change in one.changes if change.change == kind]
            for change in of_kind[:_SHOWN]:
                typer.echo(f"  {_sentence(change)}")
            if len(of_kind) > _SHOWN:
                typer.echo(f"  ... and {len(of_kind) - _SHOWN:,} more {kind} (--format csv lists them)")


def _heading(one: TableDiff) -> str:
    name = f"{one.table} {one.setting}".strip()
    if one.before is None or one.after is None:
        return f"{name}: not compared, {one.not_compared}"
    counts = ", ".join(f"{count:,} {kind}" for kind, count in one.counts.items()) or "no change"
    return f"{name}: {one.before.release} to {one.after.release}: {counts}"


def _sentence(change: Change) -> str:
    values = "; ".join(f"{name} {change.before[name]} -> {change.after[name]}" for name in change.changed)
    key = " ".join(text for text in change.key.values() if text)
    words = ", ".join(text for text in (values, change.note) if text)
    where = "; ".join(cited(citation.to_dict()) for citation in change.citations)
    return f"{change.change} {key}{f': {words}' if words else ''} ({where})"


def _print_book(book: BookDiff) -> None:
    difference = (book.allowed_after - book.allowed_before) / book.months
    typer.secho(
        f"allowed {book.allowed_before:,} by the earlier schedule, {book.allowed_after:,} by the later: "
        f"{difference:+,.2f} a month over {book.months} months",
        bold=True,
    )
    for one in book.tables:
        if one.not_compared:
            typer.echo(_heading(one))
        for note in one.notes:
            typer.echo(f"note: {one.table}: {note}")
    for touched in book.touched:
        amount = "no amount" if touched.a_month is None else f"{touched.a_month:+,} a month"
        typer.echo(f"{amount}, {touched.lines} lines: {touched.change.table} {_sentence(touched.change)}")


def _print_flips(found: Rescan) -> None:
    for release in found.published_between:
        typer.echo(f"published between: {release}")
    typer.echo(f"{found.lines} lines; of {found.not_compared} not every rule could speak on both days")
    for action, rule in _ACTIONS.items():
        flips = [flip for flip in found.flips if flip.action == action]
        total = sum(flip.amount for flip in flips if flip.amount is not None)
        typer.secho(f"{action}: {len(flips)} lines, {total:,} ({rule})", bold=True)
        for flip in flips:
            limit = f"{_LIMITS[action]} {flip.last_day}{', which has passed' if flip.is_late else ''}"
            amount = "no amount known" if flip.amount is None else f"{flip.amount:,}"
            typer.echo(f"  {flip.claim_id} line {flip.line}: {flip.hcpcs} on {flip.service_date}, {amount}; {limit}")
            typer.echo("".join(_reasons(flip.findings)), nl=False)


def _reasons(findings: Iterable[Any]) -> Iterator[str]:
    for finding in findings:
        where = "; ".join(cited(citation.to_dict()) for citation in finding.citations)
        yield f"    {finding.rule} {finding.message} ({where})\n"


_ACTIONS = {
    "resubmit": "denied then, payable now; 42 CFR 424.44",
    "repayment exposure": (
        "payable then, denied now; report and return within 60 days of identifying it, 42 CFR 401.305"
    ),
}
_LIMITS = {"resubmit": "file by", "repayment exposure": "look-back ends on or after"}
