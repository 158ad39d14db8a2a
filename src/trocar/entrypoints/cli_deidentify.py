"""``trocar deidentify``: an X12 file written again without the persons in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trocar.claims.x12.kept import Dates, Providers, Zips
from trocar.core.errors import UsageError

if TYPE_CHECKING:
    from trocar.claims.x12.deidentify import Choices, Written

EXAMPLE = "Example: trocar deidentify sent.837 -o shared.837 --dates year"
_IS = {
    Dates.KEEP: "days of service are kept: at best a limited data set (45 CFR 164.514(e)), which is still PHI and "
    "needs a data use agreement",
    Dates.SHIFT: "days are moved, and are days still: not Safe Harbor; treat it as a limited data set "
    "(45 CFR 164.514(e)) unless an expert determines otherwise (164.514(b)(1)). What depends on the day may differ",
    Dates.YEAR: "only years are kept: what 45 CFR 164.514(b)(2)(i) lists is gone where it was found; it is Safe Harbor "
    "only if you know of no way back (b)(2)(ii) and the key is kept from those who get it. What depends on the day "
    "may differ",
}
_OLD_CENSUS = (
    "three digits of ZIPs are kept: the areas held as small are those of the census of 2000, and Safe Harbor asks for "
    "the current one (164.514(b)(2)(i)(B))"
)


def deidentify_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="837P, 837I, 835, 277CA, 999; gzip or zip; - reads stdin.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="The file to write, plain X12.")],
    dates: Annotated[
        Dates,
        typer.Option("--dates", help="Keep days, move them back by a number of days for each patient, or years alone."),
    ] = Dates.KEEP,
    zips: Annotated[
        Zips, typer.Option("--zips", help="Of ZIPs of persons keep no digit, or three (000 in small areas).")
    ] = Zips.NONE,
    providers: Annotated[
        Providers, typer.Option("--providers", help="Names, addresses and ids of providers; their ZIPs stay.")
    ] = Providers.KEEP,
) -> None:
    """Write an X12 file again without persons: names, ids, addresses, birth dates, free text, numbers of claims.

    Equal numbers stay equal under one key (TROCAR_PATIENT_KEY), so that files written apart still join.
    What was replaced is counted by segment on standard error. Exit code 0: written; 2: unreadable.
    """
    from trocar.claims.x12.deidentify import Choices, Written, deidentified
    from trocar.claims.x12.masking import Pseudonyms
    from trocar.claims.x12.source import x12_sources
    from trocar.files.whole import written_whole

    sources = x12_sources(sys.stdin.buffer if str(file) == "-" else file)
    if len(sources) != 1:
        what = f"the zip holds {len(sources)} files"
        raise UsageError(what, where=str(file), remedy="Unpack it, and write one file at a time.")
    if not output.parent.is_dir():
        raise UsageError("the folder to write to is not there", where=str(output.parent), remedy="Make it first.")
    choices, written = Choices(dates, zips, providers), Written()
    with written_whole(output) as building, building.open("wb") as out:
        for piece in deidentified(sources[0], written, choices, Pseudonyms()):
            out.write(piece)
    _tell(written, choices)


def _tell(written: Written, choices: Choices) -> None:
    counts = ", ".join(f"{name} {count}" for name, count in sorted(written.replaced.items())) or "none"
    typer.echo(f"{written.segments} segments; elements replaced: {counts}", err=True)
    if written.unknown:
        typer.echo(f"{written.unknown} segments of no known id were emptied (ZZZ)", err=True)
    if written.left_out:
        typer.echo(f"{written.left_out} stretches outside of any interchange were left out", err=True)
    typer.echo(_IS[choices.dates], err=True)
    if choices.zips is Zips.THREE:
        typer.echo(_OLD_CENSUS, err=True)
