"""``trocar verify``: a receipt of somebody else, answered again from one's own store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.entrypoints.options import Format, FormatOption, StoreOption, changed_files, open_store
from trocar.entrypoints.render import print_csv, print_json

if TYPE_CHECKING:
    from trocar.receipts.verify import Difference, Inputs

EXAMPLE = "Example: trocar verify receipt.json --claims claims.csv"
COLUMNS = ("kind", "what", "receipt", "here", "missing")
DIFFERENT, NOT_CHECKED = 1, 3
# Of a long text a person reads the beginning; --format json has all of it.
_SHOWN = 160


def verify_command(
    receipt: Annotated[Path, typer.Argument(metavar="RECEIPT", help="A file that --receipt wrote.")],
    claims: Annotated[
        list[Path] | None,
        typer.Option("--claims", metavar="FILE", help="The inputs again, in their order: hashed and read anew."),
    ] = None,
    format_: FormatOption = Format.TEXT,
    store: StoreOption = None,
) -> None:
    """Answer a receipt again from one's own store: equal, or which row, rule, release, file or input differs.

    Without --claims its own lines are answered again. Exit code 0: equal. 1: something differs. 2: no receipt.
    3: nothing differs, but a release that answered is not held here, so the answers were not compared.
    """
    from trocar.receipts.files import read_receipt
    from trocar.receipts.receipt import Evidence
    from trocar.receipts.verify import differences, other_version

    told = read_receipt(receipt)
    changed = changed_files(store)
    pins = told["options"].get("pins", {})
    opened = open_store(store, [f"{table}={release}" for table, release in pins.items()])
    found = differences(told, Evidence(opened.pack, opened.store, pins), changed, _inputs(claims or []))
    verdict = _verdict(found)
    _show(verdict, found, format_, receipt, told, other_version(told))
    if verdict != "equal":
        raise typer.Exit(DIFFERENT if verdict == "different" else NOT_CHECKED)


def _verdict(found: Sequence[Difference]) -> str:
    if not found:
        return "equal"
    return "not checked" if all(one.missing for one in found) else "different"


def _inputs(claims: Sequence[Path]) -> Inputs | None:
    if not claims:
        return None
    from trocar.entrypoints.claims_input import read_files
    from trocar.entrypoints.receipt_file import check_receipt_inputs
    from trocar.receipts.verify import Inputs

    check_receipt_inputs(claims)
    read = read_files(claims)
    return Inputs(claims, read.table, len(read.problems))


def _show(
    verdict: str,
    found: Sequence[Difference],
    format_: Format,
    receipt: Path,
    told: dict[str, Any],
    version: str | None,
) -> None:
    shapes = [one.to_dict() for one in found]
    if format_ is Format.JSON:
        print_json([*shapes, {"verdict": verdict, "receipt": told["sha256"], "version": version}])
        return
    if format_ is Format.CSV:
        print_csv(COLUMNS, shapes)
        return
    counts = ", ".join(f"{len(told[name])} {word}" for name, word in _COUNTED.items() if told[name])
    typer.echo(f"{receipt}: {verdict} ({counts})")
    if version:
        typer.echo(f"note: {version}")
    for one in found:
        typer.echo(f"  {one.kind}: {one.what}")
        typer.echo(f"    receipt {_shown(one.receipt)}")
        typer.echo(f"    here    {_shown(one.here)}")
    if any(one.missing for one in found):
        typer.echo("  the answers were not compared: load the releases that are not held (trocar data build)")


_COUNTED = {
    "lines": "lines",
    "findings": "findings",
    "not_checked": "not checked",
    "priced": "prices",
    "rows": "cited rows",
    "releases": "files",
}


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
