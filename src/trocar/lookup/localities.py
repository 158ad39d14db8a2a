"""One code's price in every payment locality on a day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from trocar.lookup.asked import Asked
from trocar.lookup.quotes import plain_line, quotes


@dataclass(frozen=True, slots=True)
class LocalPrice:
    """What one locality allows for one unit; None where it is not priced."""

    mac: str
    locality: str
    state: str
    name: str
    allowed: Decimal | None


def local_prices(asked: Asked, code: str, component: str, place_of_service: str) -> list[LocalPrice]:
    """Every locality of the indices in force on the day, dearest first; empty when none are held."""
    places = places_on(asked)
    lines = [
        plain_line(code, component, asked.day, {"mac": mac, "locality": locality}, place_of_service)
        for mac, locality, _, _ in places
    ]
    prices = [
        LocalPrice(*place, None if answer["allowed"] is None else Decimal(answer["allowed"]))
        for place, answer in zip(places, quotes(asked.pack, lines), strict=True)
    ]
    return sorted(prices, key=lambda price: (price.allowed is None, -(price.allowed or 0), price.name))


def places_on(asked: Asked) -> tuple[tuple[str, str, str, str], ...]:
    """Contractor, number, state and name of the localities in force on the day; empty when none are held."""
    ordinal = asked.release("gpci")
    if ordinal < 0:
        return ()
    return _places(asked.store.path, asked.pack.calendars["gpci"].releases[ordinal].file_id)


@lru_cache(maxsize=64)
def _places(store: Path, file_id: int) -> tuple[tuple[str, str, str, str], ...]:
    """Contractor, number, state and name of the localities of one file of indices, in its order."""
    columns = ["mac", "locality", "state", "name"]
    with pq.ParquetFile(store / "gpci.parquet") as file:  # not read_table, which imports pandas: a second
        table = file.read([*columns, "file_id"])
    rows = table.filter(pc.equal(table["file_id"], file_id)).select(columns).to_pylist()
    distinct = dict.fromkeys(tuple(_plain(row[name]) for name in columns) for row in rows)
    return tuple((mac, locality, state, name) for mac, locality, state, name in distinct)


def _plain(text: str | None) -> str:
    """A name without the footnote marks of the publisher's file."""
    return " ".join((text or "").replace("*", " ").split())
