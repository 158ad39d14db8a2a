"""``trocar data sync``: the publishers' files fetched into a folder that a store is built from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.cli_data import build_store
from trocar.entrypoints.options import Format, FormatOption, today
from trocar.entrypoints.render import print_columns, print_csv, print_json

if TYPE_CHECKING:
    from trocar.reference.sync import Outcome

EXAMPLE = "Example: trocar data sync downloads --only RVU26D --only icd10 --accept-ama-license"
COLUMNS = ("state", "family", "release", "file", "address", "licence", "sha256", "why", "remedy")
NOT_ALL = 3


def sync_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to download into; trocar data build reads it.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="FAMILY", help="Only this family (icd10) or release (RVU26D); several may be named."
        ),
    ] = None,
    addresses: Annotated[
        Path | None,
        typer.Option("--addresses", metavar="FILE", help="Your own list of addresses, or the mirror to fetch from."),
    ] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept-ama-license", help="Record that you accepted the AMA's terms (see THIRD_PARTY.md)."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched; nobody is asked.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="STORE", help="Build this store from DIR when every file is there."),
    ] = None,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between two requests to one server.")] = 1.0,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Download what DIR lacks of the publishers' files, and what they have replaced since.

    Each file comes whole or not at all, and sync.json says where from, on which day, and its hash; run again after a
    break, it goes on. Exit code 3 when a file could not be had: its row says why, and where a person gets it.
    """
    from trocar.reference.addresses import addresses_with
    from trocar.reference.licence import accept_licence
    from trocar.reference.sync import State, fetcher_for, licence_folder, plan, sync

    if dry_run and output is not None:
        raise UsageError("a dry run builds nothing", where="--dry-run", remedy="Leave out --dry-run, or -o.")
    listed = addresses_with(addresses).only(only or ())
    outcomes: list[Outcome] = []
    if dry_run:
        outcomes += plan(folder, listed)
    else:
        if accept:
            accept_licence(licence_folder(folder), today())
        for outcome in sync(folder, listed, fetcher_for(folder, pause), today()):
            outcomes.append(outcome)
            typer.echo(f"{outcome.state}: {outcome.file or outcome.family}", err=True)
    if format_ is Format.JSON:
        print_json([outcome.to_dict() for outcome in outcomes])
    elif format_ is Format.CSV:
        print_csv(COLUMNS, [outcome.to_dict() for outcome in outcomes])
    else:
        _print(outcomes, ("file", "address") if dry_run else ("file",))
    if any(outcome.state is State.REFUSED for outcome in outcomes) or not listed.files:
        raise typer.Exit(NOT_ALL)
    if output is not None:
        build_store(folder, output, accept=accept)
    elif format_ is Format.TEXT and not dry_run:
        typer.echo(f"now build: trocar data build {folder} -o STORE --accept-ama-license")


def _print(outcomes: Sequence[Outcome], where: Sequence[str]) -> None:
    files = [outcome for outcome in outcomes if outcome.file]
    if files:
        columns = ("state", "family", "release", "licence", *where)
        print_columns(columns, [[str(getattr(outcome, name)) for name in columns] for outcome in files])
        counts = Counter(str(outcome.state) for outcome in files)
        typer.echo(f"\n{len(files)} files: {', '.join(f'{count} {state}' for state, count in counts.items())}")
    for outcome in outcomes:
        if outcome.why:
            typer.echo(f"{outcome.state} {outcome.file or outcome.family}: {outcome.why}")
        if outcome.remedy:
            typer.echo(f"  what now: {outcome.remedy}")
