"""``trocar data``: build a reference store, say what it holds, prove its amounts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.options import Format, FormatOption, StoreOption, changed_files, store_folder, today
from trocar.entrypoints.render import print_columns, print_csv, print_json

if TYPE_CHECKING:
    from trocar.reference.opps_cap_check import OppsCapReport
    from trocar.reference.status import StatusRow
    from trocar.reference.store import Store

data = typer.Typer(no_args_is_help=True, help="Fetch the publishers' files, build a store from them, look into it.")
STATUS_COLUMNS = (
    "table", "setting", "release", "first", "last", "published", "published_source", "rows", "file", "gap", "warnings",
)  # fmt: skip
VERIFY_COLUMNS = ("release", "file", "compared", "exact", "mismatched", "uncompared", "explanation", "examples")
UNEXPLAINED = 1
NOT_CHECKED = 3


@data.command("build", epilog="Example: trocar data build downloads -o ~/trocar-store --accept-ama-license")
def build_command(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the publishers' files (folders and zips).")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="STORE", envvar="TROCAR_STORE", help="The store to build or rebuild."),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept-ama-license", help="Record that you accepted the AMA's terms (see THIRD_PARTY.md)."),
    ] = False,
    keep_descriptions: Annotated[
        bool, typer.Option("--keep-descriptions", help="Keep the schedule's descriptions, for local use only.")
    ] = False,
) -> None:
    """Read every publisher's file under DIR into a new store: all of it, or nothing."""
    if output is None:
        raise UsageError("no store was named", where="trocar data build", remedy="Add -o STORE, or set TROCAR_STORE.")
    if not source.is_dir():
        raise UsageError("there is no such folder", where=str(source), remedy="Name the folder you downloaded into.")
    build_store(source, output, accept=accept, keep_descriptions=keep_descriptions)


def build_store(source: Path, output: Path, *, accept: bool, keep_descriptions: bool = False) -> None:
    """Build a store and say what it holds; with ``accept`` the acceptance of the AMA's terms is recorded first."""
    from trocar.engine.compile import compile_pack
    from trocar.reference.build import build
    from trocar.reference.licence import accept_licence

    if accept:
        accept_licence(output, today())
    typer.echo(f"reading {source} ...", err=True)
    catalog = build(source, output, keep_descriptions=keep_descriptions, finish=compile_pack)
    tables = sorted({file.table for file in catalog.files if file.table})
    rows = sum(file.rows for file in catalog.files)
    typer.echo(f"{output}: {len(catalog.files)} files, {len(tables)} tables, {rows:,} rows")
    for note in catalog.notes:
        typer.echo(f"note: {note}")
    warned = sum(bool(file.warnings) for file in catalog.files)
    if warned:
        typer.echo(f"{warned} files carry warnings: trocar data status --store {output}")


@data.command("status", epilog="Example: trocar data status --store ~/trocar-store --format csv")
def status_command(format_: FormatOption = Format.TEXT, store: StoreOption = None) -> None:
    """What the store holds: tables, releases, days in force, rows, warnings, gaps."""
    from trocar.reference.licence import accepted_on
    from trocar.reference.status import status
    from trocar.reference.store import Store

    folder = store_folder(store)
    rows = status(Store(folder))
    shapes = [row.to_dict() for row in rows]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(STATUS_COLUMNS, shapes)
    else:
        accepted = accepted_on(folder)
        name = "the embedded starter pack" if store is None else str(store)
        licence = f"; AMA licence accepted on {accepted.isoformat()}" if accepted else ""
        typer.echo(f"{name}: {sum(not row.gap for row in rows)} files{licence}\n")
        _print_status(rows)


def _print_status(rows: Sequence[StatusRow]) -> None:
    lines = [
        [
            row.table or "evidence", row.setting, row.release, row.first.isoformat(), row.last.isoformat(),
            row.published.isoformat() if row.published else "", "" if row.gap else f"{row.rows:,}",
            "GAP" if row.gap else row.file,
        ]
        for row in rows
    ]  # fmt: skip
    print_columns(("table", "setting", "release", "first day", "last day", "published", "rows", "file"), lines)
    warned = [row for row in rows if row.warnings]
    if warned:
        typer.secho("\nwarnings (they travel on every citation of the file)", bold=True)
    for row in warned:
        typer.echo(f"  {row.release} {row.file}: {'; '.join(row.warnings)}")


@data.command("verify", epilog="Example: trocar data verify --store ~/trocar-store")
def verify_command(format_: FormatOption = Format.TEXT, store: StoreOption = None) -> None:
    """Hash every file of the store again, and recompute every published OPPSCAP amount from its own release.

    Exit code 1 when a file of the store was changed (it is named), or when amounts mismatch without a warning on their
    citations that says why; 3 when every file is sound and the store holds no amounts to recompute.
    """
    from trocar.reference.opps_cap_check import opps_cap_report, totals
    from trocar.reference.store import Store

    if changed := changed_files(store):
        _print_changed(changed, format_)
        raise typer.Exit(UNEXPLAINED)
    held = Store(store_folder(store))
    reports = opps_cap_report(held)
    shapes: list[dict[str, Any]] = [
        {name: getattr(report, name) for name in VERIFY_COLUMNS} | {"examples": list(report.examples)}
        for report in reports
    ]
    if not reports:
        shapes = [{"not_checked": "the store holds no OPPSCAP file: no amount to recompute", "needs": "opps_cap"}]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(VERIFY_COLUMNS if reports else ("not_checked", "needs"), shapes)
    else:
        typer.echo("every file of the store is as it was built")
        if reports:
            _print_reports(shapes)
            compared, exact, mismatched = totals(reports)
            typer.echo(f"\n{compared:,} amounts compared: {exact:,} exact, {mismatched:,} mismatched")
        else:
            typer.echo(f"not checked: {shapes[0]['not_checked']}")
    if code := _exit_code(held, reports):
        raise typer.Exit(code)


def _print_changed(changed: Sequence[str], format_: Format) -> None:
    """The files that are not as they were built; nothing computed from them would prove anything."""
    shapes = [{"changed": sentence} for sentence in changed]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(("changed",), shapes)
    else:
        for sentence in changed:
            typer.echo(f"changed since it was built: {sentence}")


def _exit_code(held: Store, reports: Sequence[OppsCapReport]) -> int:
    """3 when there was nothing to compare; 1 for a mismatch that no warning on the file's citations owns up to."""
    explained = {
        (file.release, file.file)
        for file in held.catalog.of_table("opps_cap")
        if any("reproduce from" in warning for warning in file.warnings)
    }
    if any(report.mismatched and (report.release, report.file) not in explained for report in reports):
        return UNEXPLAINED
    return 0 if reports else NOT_CHECKED


def _print_reports(shapes: Sequence[dict[str, Any]]) -> None:
    columns = ("release", "compared", "exact", "mismatched", "uncompared")
    rows = [[f"{shape[name]:,}" if name != "release" else shape[name] for name in columns] for shape in shapes]
    print_columns((*columns, "why"), [[*row, shape["explanation"]] for row, shape in zip(rows, shapes, strict=True)])
    for shape in shapes:
        for example in shape["examples"]:
            typer.echo(f"  {shape['release']} {example}")
