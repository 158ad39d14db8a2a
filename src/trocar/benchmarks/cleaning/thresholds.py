"""The limits of the cleaning on a day, from ``params/thresholds.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

from trocar.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One dated set; amounts in dollars, shares of 1. ``medicare_band``: least and most multiple by kind of amount."""

    first: date
    placeholder_at_most: Decimal
    sentinel_at_least: Decimal
    medicare_band: Mapping[str, tuple[Decimal, Decimal]]
    peers_fewest: int
    copied_codes: int
    copied_share: Decimal
    base_schedule_share: Decimal
    fewest_tins: int
    fewest_hospitals: int


def thresholds_on(day: date) -> Thresholds:
    """The set in force on a day; raises ``UsageError`` for a day before the first."""
    held = [entry for entry in _sets() if entry.first <= day]
    if not held:
        raise UsageError(
            f"no limits of the cleaning are in force on {day.isoformat()}",
            where="--on",
            remedy=f"Payers began to publish rates in 2022: give a day from {_sets()[0].first.isoformat()}.",
        )
    return held[-1]


@cache
def _sets() -> tuple[Thresholds, ...]:
    text = resources.files("trocar.benchmarks").joinpath("params", "thresholds.toml").read_text("utf-8")
    entries = [
        Thresholds(
            first=row["first"],
            placeholder_at_most=Decimal(row["placeholder_at_most"]),
            sentinel_at_least=Decimal(row["sentinel_at_least"]),
            medicare_band={
                name: (Decimal(least), Decimal(most)) for name, (least, most) in row["medicare_band"].items()
            },
            peers_fewest=row["peers"]["fewest"],
            copied_codes=row["copied"]["codes"],
            copied_share=Decimal(row["copied"]["share"]),
            base_schedule_share=Decimal(row["base_schedule"]["share"]),
            fewest_tins=row["fewest"]["tins"],
            fewest_hospitals=row["fewest"]["hospitals"],
        )
        for row in tomllib.loads(text)["set"]
    ]
    return tuple(sorted(entries, key=lambda entry: entry.first))
