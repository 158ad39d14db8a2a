"""``trocar serve moderation``: reports of denials that wait for a moderator, and the decision on each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.entrypoints.options import Format, FormatOption, today
from trocar.entrypoints.render import print_columns, print_csv, print_json

if TYPE_CHECKING:
    from trocar.community.reports import Reports

moderation = typer.Typer(no_args_is_help=True, help="Denial reports that wait for a moderator: notes, and floods.")
COLUMNS = ("id", "reason", "code", "modifiers", "payer", "carc", "rarc", "month", "place_of_service", "state",
           "outcome", "note")  # fmt: skip

SettingsOption = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", envvar="TROCAR_SETTINGS", help="Settings in TOML; default trocar.toml."),
]
ReportsOption = Annotated[
    str | None, typer.Option("--reports", metavar="URL", help="Database of the denial reports; default: the server's.")
]
IdsArgument = Annotated[list[int], typer.Argument(metavar="ID...", help="Numbers of the list.")]


@moderation.command("list", epilog="Example: trocar serve moderation list --format csv")
def list_command(
    reports: ReportsOption = None, settings: SettingsOption = None, format_: FormatOption = Format.TEXT
) -> None:
    """The queue, oldest first: each report with its note, and why it waits (note, or many of its code at once)."""
    with _opened(reports, settings) as opened:
        rows = [{name: getattr(one, name) for name in COLUMNS} | {"modifiers": " ".join(one.modifiers)}
                for one in opened.queue()]  # fmt: skip
    if format_ is Format.JSON:
        print_json(rows)
    elif format_ is Format.CSV:
        print_csv(COLUMNS, rows)
    elif rows:
        print_columns(COLUMNS, [[str(row[name]) for name in COLUMNS] for row in rows])
    else:
        typer.echo("No report waits.")


@moderation.command("approve", epilog="Example: trocar serve moderation approve 12 15")
def approve_command(ids: IdsArgument, reports: ReportsOption = None, settings: SettingsOption = None) -> None:
    """Let reports in, their notes with them: they are published with a release, when there are enough of them."""
    _decide(ids, reports, settings, approve=True)


@moderation.command("reject", epilog="Example: trocar serve moderation reject 12")
def reject_command(ids: IdsArgument, reports: ReportsOption = None, settings: SettingsOption = None) -> None:
    """Delete reports."""
    _decide(ids, reports, settings, approve=False)


def _decide(ids: list[int], reports: str | None, settings: Path | None, *, approve: bool) -> None:
    with _opened(reports, settings) as opened:
        for number in ids:
            opened.decide(number, approve)
            typer.echo(f"{number} {'approved' if approve else 'rejected and deleted'}")
        opened.release_when_due(today())


def _opened(reports: str | None, settings: Path | None) -> Reports:
    """The reports of the server whose settings these are."""
    from trocar.community.reports import open_reports
    from trocar.entrypoints.http.reports import own_file
    from trocar.entrypoints.http.settings import read_settings

    return open_reports(read_settings(settings, reports=reports).reports or own_file())
