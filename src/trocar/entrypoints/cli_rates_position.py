"""``trocar rates position``: one's own contracts among published rates; ``providers``: who and where the peers are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trocar.core.errors import UsageError
from trocar.entrypoints.asking import NOT_ASKED, Asking, with_asking
from trocar.entrypoints.cli_rates_summary import RatesOption
from trocar.entrypoints.options import Format, FormatOption
from trocar.entrypoints.render import print_columns, print_csv, print_json

if TYPE_CHECKING:
    from trocar.denials.position import Position

POSITION_EXAMPLE = "Example: trocar rates position contracts.toml --volumes volumes.csv --rates rates --zip 21201"
PROVIDERS_EXAMPLE = "Example: trocar rates providers --registry npidata_pfile.csv --rates rates"
COLUMNS = (
    "contract", "hcpcs", "modifiers", "place_of_service", "units", "own", "basis", "payer", "amount_kind",
    "negotiated_type", "providers", "p25", "p50", "p75", "share_at_or_below", "to_median", "why_not",
)  # fmt: skip


@with_asking
def position_command(
    contracts: Annotated[Path, typer.Argument(metavar="CONTRACTS", help="Contracts (docs/formats/contracts.md).")],
    volumes: Annotated[
        Path | None,
        typer.Option("--volumes", metavar="FILE", help="CSV: hcpcs, units a year, modifier, place_of_service."),
    ] = None,
    claims: Annotated[
        list[Path] | None,
        typer.Option("--claims", metavar="FILE", help="Claims whose units are counted, instead (repeat it)."),
    ] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="ST", help="Peers of this state alone.")] = None,
    payer: Annotated[
        list[str] | None, typer.Option("--payer", metavar="NAME", help="Peers' payer (repeat it).")
    ] = None,
    rates: RatesOption = Path("rates"),
    asking: Asking = NOT_ASKED,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Say where your contracts stand among published rates, and what the peers' median would bring at your volumes.

    Each payer's published rates by themselves: of the same component, at the same kind of place, for professionals.
    """
    from trocar.benchmarks.compaction.rates_set import open_rates
    from trocar.benchmarks.summary import Question
    from trocar.denials.contract_file import read_contracts
    from trocar.denials.position import positions, read_volumes, volumes_of
    from trocar.entrypoints.claims_input import readings

    if (volumes is None) == (not claims):
        raise UsageError("own volumes are asked for", where="--volumes, --claims", remedy="Give one of the two.")
    own = read_volumes(volumes) if volumes else volumes_of(reading.table for reading in readings(claims or []))
    asked, place = asking.asked(), asking.place
    if state is not None and len(state) != 2:
        raise UsageError(f"{state!r} is no state", where="--state", remedy="Two letters such as MD.")
    peers = Question(
        "", state=state.upper() if state else None, payers=tuple(payer or ()), kinds=("dollar",), place=place
    )
    if not place:
        typer.echo("no place given: Medicare's national amounts used", err=True)
    found = positions(open_rates(rates), asked, read_contracts(contracts), own, peers)
    shapes = [_shape(entry) for entry in found]
    if format_ is Format.JSON:
        print_json(shapes)
    elif format_ is Format.CSV:
        print_csv(COLUMNS, shapes)
    else:
        rows = [["" if shape[name] is None else str(shape[name]) for name in COLUMNS] for shape in shapes]
        print_columns([name.replace("_", " ") for name in COLUMNS], rows)


def _shape(entry: Position) -> dict[str, Any]:
    from trocar.benchmarks.shapes import amount

    peers, volume = entry.peers, entry.volume
    quarters = {
        f"p{percent}": amount(vote.amount) if peers and (vote := peers.percentile(percent)) else None
        for percent in (25, 50, 75)
    }
    return {
        "contract": entry.contract, "hcpcs": volume.hcpcs, "modifiers": " ".join(volume.modifiers),
        "place_of_service": volume.place_of_service, "units": volume.units,
        "own": None if entry.own is None else amount(entry.own), "basis": entry.basis,
        "payer": peers and peers.payer_name, "amount_kind": peers and peers.amount_kind,
        "negotiated_type": peers and peers.negotiated_type, "providers": peers.providers if peers else None,
        **quarters, "share_at_or_below": entry.share,
        "to_median": None if entry.to_median is None else str(entry.to_median),
        "why_not": entry.why_not,
    }  # fmt: skip


def providers_command(
    registry: Annotated[
        Path | None, typer.Option("--registry", metavar="FILE", help="The NPPES monthly file, or its zip.")
    ] = None,
    billed: Annotated[
        Path | None,
        typer.Option("--billed", metavar="FILE", help="Medicare's practitioners by provider and service."),
    ] = None,
    rates: RatesOption = Path("rates"),
) -> None:
    """Load who the providers in a folder of rates are: state and taxonomies, and if wanted what they bill.

    Only rows of NPIs and codes that the folder names are kept. Rates then have states, and ghost rates can be told.
    """
    from trocar.benchmarks.compaction.rates_set import open_rates
    from trocar.benchmarks.providers import load_providers

    if registry is None and billed is None:
        raise UsageError("no file was given", where="--registry, --billed", remedy="Give one of the two, or both.")
    loaded = load_providers(open_rates(rates), registry, billed)
    told = f"{loaded.providers:,} of {loaded.of:,} NPIs known, {loaded.billed:,} pairs of NPI and code billed"
    typer.echo(told + (f"; {loaded.unread:,} rows of the files were not read" if loaded.unread else ""))
