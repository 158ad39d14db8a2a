"""``trocar serve``: pages and API over HTTP; and the keys that open the API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.entrypoints.cli_moderation import moderation
from trocar.entrypoints.options import StoreOption, today
from trocar.entrypoints.render import print_columns

if TYPE_CHECKING:
    from trocar.entrypoints.http.keys import KeyFile
    from trocar.entrypoints.http.settings import Settings
    from trocar.reference.catalog import Catalog

EXAMPLE = "Example: trocar serve --port 8000"
serve = typer.Typer(invoke_without_command=True)
keys = typer.Typer(no_args_is_help=True, help="API keys: only their hashes are kept.")
serve.add_typer(moderation, name="moderation", epilog="Example: trocar serve moderation list")
serve.add_typer(keys, name="keys", epilog="Example: trocar serve keys add billing --scope price --scope check")

SettingsOption = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", envvar="TROCAR_SETTINGS", help="Settings in TOML; default trocar.toml."),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the key is for, such as billing.")]


@serve.callback(epilog=EXAMPLE)
def serve_command(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on; default 127.0.0.1. Others need API keys.")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port; default 8000, 0 takes any free one.")] = None,
    store: StoreOption = None,
    reports: Annotated[
        str | None, typer.Option("--reports", metavar="URL", help="Database of the denial reports.")
    ] = None,
    rates: Annotated[
        Path | None, typer.Option("--rates", metavar="DIR", help="Folder of published rates, for the code pages.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Processes; default: the processors.")
    ] = None,
    settings: SettingsOption = None,
) -> None:
    """Serve pages and API over HTTP until interrupted; prints the address and the releases held.

    Nothing of a claim is written to a file or a log. Options win over variables (TROCAR_PORT ...), these over the
    file.
    """
    if context.invoked_subcommand is not None:
        return
    from trocar.entrypoints.http.settings import read_settings

    given = {"host": host, "port": port, "store": store, "reports": reports, "workers": workers, "rates": rates}
    _run(read_settings(settings, **given))


def _run(settings: Settings) -> None:
    """Bind, say where, and answer until the end."""
    from trocar.entrypoints.http.keys import asked_for
    from trocar.entrypoints.http.listen import address, bind, run, workers_of
    from trocar.entrypoints.options import open_store

    # What is wrong with the store or the keys is said here, once, and not by every worker.
    asked_for(settings)
    catalog = open_store(
        settings.store, [f"{table}={release}" for table, release in settings.pins.items()]
    ).pack.catalog

    with bind(settings, workers_of(settings)) as listening:
        typer.echo(f"Trocar on {settings.public_base_url or address(settings, listening[0])}")
        for line in _held(settings, catalog):
            typer.echo(line)
        run(settings, listening)


def _held(settings: Settings, catalog: Catalog) -> list[str]:
    """The store and the releases of each of its tables."""
    tables: dict[str, list[str]] = {}
    for file in sorted(catalog.files, key=lambda file: (file.table, file.first)):
        if file.table:
            tables.setdefault(file.table, []).append(file.release)
    name = "the embedded starter pack" if settings.store is None else str(settings.store)
    ranges = {table: list(dict.fromkeys(releases)) for table, releases in tables.items()}
    return [f"store: {name}", *(f"  {table}: {_few(releases)}" for table, releases in ranges.items())]


def _few(releases: list[str]) -> str:
    """The first and the last of many."""
    return ", ".join(releases) if len(releases) <= 3 else f"{releases[0]} to {releases[-1]} ({len(releases)} releases)"


@keys.command("add", epilog="Example: trocar serve keys add billing --scope price --scope check")
def add_command(
    name: NameArgument,
    scope: Annotated[
        list[str], typer.Option("--scope", help="lookup, price, check, reports or metrics; may be repeated.")
    ],
    settings: SettingsOption = None,
) -> None:
    """Make a key and print its token, once: it is kept nowhere."""
    _show_token(_keys(settings).add(name, scope, today()))


@keys.command("list", epilog="Example: trocar serve keys list")
def list_command(settings: SettingsOption = None) -> None:
    """The keys: name, scopes, day of the token."""
    found = _keys(settings).keys()
    rows = [[key.name, " ".join(key.scopes), key.created] for key in found]
    print_columns(("name", "scopes", "created"), rows)


@keys.command("rotate", epilog="Example: trocar serve keys rotate billing")
def rotate_command(name: NameArgument, settings: SettingsOption = None) -> None:
    """Give a key a new token; the old one is refused at once."""
    _show_token(_keys(settings).rotate(name, today()))


@keys.command("revoke", epilog="Example: trocar serve keys revoke billing")
def revoke_command(name: NameArgument, settings: SettingsOption = None) -> None:
    """Take a key away; its token is refused at once."""
    _keys(settings).revoke(name)


def _keys(settings: Path | None) -> KeyFile:
    from trocar.entrypoints.http.keys import KeyFile
    from trocar.entrypoints.http.settings import read_settings

    return KeyFile(read_settings(settings).keys)


def _show_token(token: str) -> Any:
    typer.echo(token)
    typer.echo("Keep it now: it can't be shown again.", err=True)
