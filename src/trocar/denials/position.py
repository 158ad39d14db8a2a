"""Where one's own contracts stand among published rates: the share of peers at or below, and dollars at own volumes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.medicare import PLACE
from trocar.benchmarks.summary import Benchmark, Question, Summary, summarise
from trocar.claims import cells
from trocar.core.errors import ClaimInputError, InvalidCodeError
from trocar.core.money import CENT
from trocar.denials.contracts import Contract, Contracts
from trocar.lookup.asked import Asked
from trocar.lookup.quotes import NATIONAL, plain_line, quotes
from trocar.reference.law import law

_COMPONENTS = ("26", "TC")
_COLUMNS = ("hcpcs", "units", "modifier", "place_of_service")


@dataclass(frozen=True, slots=True)
class Volume:
    """Units of one code, in a year or in the claims given, under its modifiers at a place of service."""

    hcpcs: str
    modifiers: tuple[str, ...]
    place_of_service: str
    units: int
    where: str = ""

    @property
    def component(self) -> str:
        """``global``, ``26`` or ``TC``."""
        return next((modifier for modifier in self.modifiers if modifier in _COMPONENTS), "global")

    @property
    def setting(self) -> str:
        """``facility`` or ``office``, as the fee schedule divides places."""
        return "facility" if self.place_of_service in law().facility_places else "office"


@dataclass(frozen=True, slots=True)
class Position:
    """One contract's rate for one line of volumes beside one group of peers; or why there is no such position.

    ``share`` is the whole percent of peers paid the same or less. ``to_median`` is what the peers' median would bring
    more at own volumes (less, when negative).
    """

    contract: str
    volume: Volume
    own: Decimal | None
    basis: str
    peers: Benchmark | None = None
    share: int | None = None
    to_median: Decimal | None = None
    why_not: str = ""


def read_volumes(path: Path) -> tuple[Volume, ...]:
    """A CSV with hcpcs and units, and if wanted modifier and place_of_service; raises ``ClaimInputError``.

    A column of another name is refused: a modifier that is not read makes another price.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(reader.fieldnames or (), f"{path.name} row 1")
            return tuple(_volume(row, f"{path.name} row {number}") for number, row in enumerate(reader, 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClaimInputError(f"the volumes can't be read ({error})", where=str(path)) from error


def _check_columns(names: Sequence[str], where: str) -> None:
    remedy = f"The columns are {', '.join(_COLUMNS)}, of which the last two may be left out."
    for name in _COLUMNS[:2]:
        if name not in names:
            raise ClaimInputError(f"there is no column {name}", where=where, remedy=remedy)
    for at, name in enumerate(names):
        if name not in _COLUMNS or name in names[:at]:
            what = "stands there twice" if name in _COLUMNS else "is not known"
            raise ClaimInputError(f"the column {name!r} {what}", where=where, remedy=remedy)


def volumes_of(tables: Iterable[pa.Table]) -> tuple[Volume, ...]:
    """The units billed in claim tables (``CLAIM_SCHEMA``) by code, modifiers and place of service; no units are one."""
    counted: Counter[tuple[str, tuple[str, ...], str]] = Counter()
    for table in tables:
        names = ["hcpcs", "place_of_service", "modifier_1", "modifier_2", "modifier_3", "modifier_4"]
        units = pc.fill_null(table["units"], 1).cast(pa.int64())
        grouped = table.select(names).append_column("units", units).group_by(names).aggregate([("units", "sum")])
        for row in grouped.to_pylist():
            modifiers = tuple(row[name] for name in names[2:] if row[name])
            counted[row["hcpcs"], modifiers, row["place_of_service"] or "11"] += row["units_sum"]
    return tuple(Volume(*key, units, "the claims") for key, units in sorted(counted.items()))


def _volume(row: Mapping[str, str | None], where: str) -> Volume:
    if None in row:
        raise ClaimInputError("there are more cells than columns", where=where, remedy="Mend the row.")
    text = {name: (cell or "").strip() for name, cell in row.items()}
    try:
        return Volume(
            hcpcs=cells.PARSERS["hcpcs"](text["hcpcs"]),
            modifiers=tuple(cells.modifiers(text["modifier"])) if text.get("modifier") else (),
            place_of_service=cells.place_of_service(text["place_of_service"]) if text.get("place_of_service") else "11",
            units=cells.PARSERS["units"](text["units"]),
            where=where,
        )
    except (ClaimInputError, InvalidCodeError) as error:
        error.where = where
        raise


def positions(
    folder: RatesFolder, asked: Asked, contracts: Contracts, volumes: Sequence[Volume], question: Question
) -> Iterator[Position]:
    """Each contract in force on the day, each line of volumes, each group of peers: payer by payer, never pooled.

    ``question`` says which peers (state, payers, kinds) and where Medicare's amount is taken; its code is not used.
    """
    in_force = [contract for contract in contracts.contracts if contract.first <= asked.day <= contract.last]
    summaries: dict[tuple[str, str], Summary] = {}
    for volume in volumes:
        key = (volume.hcpcs, volume.component)
        if key not in summaries:
            code = asked.checked(volume.hcpcs)
            summaries[key] = summarise(
                folder,
                asked,
                Question(code, volume.component, question.state, question.payers, question.kinds, question.place),
            )
        for contract in in_force:
            yield from _against(contract, volume, summaries[key], asked, question.place or dict(NATIONAL))


def _against(
    contract: Contract, volume: Volume, summary: Summary, asked: Asked, place: dict[str, str]
) -> Iterator[Position]:
    own, basis = own_rate(contract, volume, asked, place)
    if own is None:
        yield Position(contract.name, volume, None, basis, why_not=basis)
        return
    peers = [
        entry for entry in summary.benchmarks if entry.class_ == "professional" and entry.setting == volume.setting
    ]
    if not peers:
        why_not = f"no published professional rate of this component at a {volume.setting} may be compared"
        yield Position(contract.name, volume, own, basis, why_not=why_not)
    for entry in peers:
        median = entry.percentile(50)
        if median is None:
            why_not = f"not enough: {entry.providers} of at least {entry.fewest}"
            yield Position(contract.name, volume, own, basis, entry, why_not=why_not)
            continue
        yield Position(
            contract.name, volume, own, basis, entry,
            share=100 * entry.at_or_below(own) // entry.providers,
            to_median=((median.amount - own) * volume.units).quantize(CENT, ROUND_HALF_UP),
        )  # fmt: skip


def own_rate(contract: Contract, volume: Volume, asked: Asked, place: dict[str, str]) -> tuple[Decimal | None, str]:
    """What the contract pays a unit of a line on the day, and by which term; None with the reason."""
    found = contract.term(volume.hcpcs, volume.modifiers, volume.place_of_service, asked.day)
    if found is None:
        return None, "the contract says nothing of this line"
    term, where = found
    basis = f"{term.words} ({where})"
    if term.fee is not None:
        return term.fee, basis
    if term.percent_of_medicare is None:
        return None, f"{basis}: no rate without a charge" if term.percent_of_charge is not None else basis
    component = "" if volume.component == "global" else volume.component
    day = contract.medicare_day(asked.day)
    line = plain_line(volume.hcpcs, component, day, place, volume.place_of_service or PLACE["office"])
    allowed = quotes(asked.pack, [line])[0]["allowed"]
    if allowed is None:
        return None, f"{basis}: Medicare has no amount for it on {day.isoformat()}"
    return (Decimal(allowed) * term.percent_of_medicare / 100).quantize(CENT, ROUND_HALF_UP), basis
