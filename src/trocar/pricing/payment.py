"""Medicare's payment shares by date, from ``params/payment.toml`` (each with its authority)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trocar.core.once import once
from trocar.core.period import OPEN_END, day_number
from trocar.engine.in_force import Days

FULL = 100_000
WORK_FLOOR = "work_floor"


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force from ``first`` to ``last``: a share of 100,000, or a factor of 0.0001 dollars."""

    name: str
    value: int
    first: date
    last: date


@dataclass(frozen=True)
class Payment:
    """Every dated value by name; a look-up by a name that is not there raises ``KeyError``, since it must succeed."""

    values: Mapping[str, tuple[Dated, ...]]
    ladder: tuple[int, ...]
    nonphysician_practitioners: frozenset[str]

    def share(self, name: str) -> int:
        """A share that is the same on every day of service it is in force."""
        (only,) = self.values[name]
        return only.value

    def on(self, name: str, days: Days, missing: int = 0) -> NDArray[np.int64]:
        """The value on each day, ``missing`` where none is in force."""
        if (name, missing) not in self._steps:
            self._steps[name, missing] = _steps(self.values[name], missing)
        begins, values = self._steps[name, missing]
        return values[begins.searchsorted(days, "right")]

    @once
    def _steps(self) -> dict[tuple[str, int], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return {}


def _steps(values: tuple[Dated, ...], missing: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The days on which the value in force changes, and the value before the first and from each of them on."""
    spans = [(day_number(dated.first), day_number(dated.last), dated.value) for dated in values]
    begins = sorted({day for first, last, _ in spans for day in (first, last + 1)})
    held = [[value for first, last, value in spans if first <= day <= last] for day in begins]
    return np.array(begins, np.int64), np.array([missing, *(some[-1] if some else missing for some in held)], np.int64)


@cache
def payment() -> Payment:
    """The packaged values."""
    text = resources.files("trocar.pricing").joinpath("params", "payment.toml").read_text("utf-8")
    body = tomllib.loads(text)
    values: dict[str, tuple[Dated, ...]] = {}
    for kind, key in (("share", "share"), ("conversion_factor", "ten_thousandths")):
        for row in body[kind]:
            values[row["id"]] = (*values.get(row["id"], ()), _dated(row["id"], row[key], row))
    values[WORK_FLOOR] = tuple(_dated(WORK_FLOOR, 1, row) for row in body[WORK_FLOOR])
    ladder = next(row for row in body["ladder"] if row["id"] == "multiple_procedures")
    types = body["provider_types"]
    nonphysician = {name for name, share in types.items() if share == "nonphysician_practitioner"}
    short = {short for short, name in types["abbreviations"].items() if name in nonphysician}
    return Payment(values, tuple(ladder["shares"]), frozenset({name.upper() for name in nonphysician} | short))


def _dated(name: str, value: int, row: dict[str, Any]) -> Dated:
    return Dated(name, value, row["first"], row.get("last", OPEN_END))
