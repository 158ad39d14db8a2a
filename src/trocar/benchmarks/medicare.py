"""Medicare's own amounts for a code on a day, as the table that published rates are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from trocar.core.money import dollars
from trocar.lookup.asked import Asked
from trocar.lookup.localities import places_on
from trocar.lookup.quotes import plain_line, priced_apart
from trocar.lookup.statement import Statement
from trocar.lookup.table_facts import opps_facts

COMPONENTS = ("", "26", "TC")
# A place of service for each setting of the fee schedule.
PLACE = {"office": "11", "facility": "22"}


@dataclass(frozen=True, slots=True)
class MedicareAmount:
    """What Medicare allows: the least and the most of the localities meant (one locality: the same twice).

    ``state`` is None for the whole country. ``source`` is ``fee schedule`` or ``OPPS``.
    """

    component: str
    setting: str
    state: str | None
    low: Decimal
    high: Decimal
    source: str


@dataclass(frozen=True)
class Medicare:
    """The amounts of one code on one day, at one place or in every state."""

    amounts: tuple[MedicareAmount, ...]
    opps: Decimal | None
    opps_status: str | None

    def of(self, component: str, setting: str, state: str | None) -> MedicareAmount | None:
        """The amount for a component, setting and state; of both settings, where the setting is not told."""
        wanted = (setting,) if setting in PLACE else tuple(PLACE)
        found = [entry for name in wanted if (entry := self._by_key.get((component, name, state))) is not None]
        if not found and state is not None:
            return self.of(component, setting, None)
        if not found:
            return None
        low, high = min(entry.low for entry in found), max(entry.high for entry in found)
        return MedicareAmount(component, setting, found[0].state, low, high, "fee schedule")

    @property
    def states(self) -> tuple[str | None, ...]:
        """The states with an amount of their own, and None for the whole country."""
        return tuple(dict.fromkeys((None, *(entry.state for entry in self.amounts))))

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str, str | None], MedicareAmount]:
        return {(entry.component, entry.setting, entry.state): entry for entry in self.amounts}


def medicare_amounts(
    asked: Asked, code: str, place: Mapping[str, str] | None = None, components: Sequence[str] = COMPONENTS
) -> Medicare:
    """The amounts of the calculator by component, setting and state (with ``place``: of that place alone)."""
    places = [(None, dict(place))] if place else _places(asked)
    kinds = [(component, setting) for component in components for setting in PLACE]
    lines = [
        plain_line(code, component, asked.day, where, PLACE[setting])
        for component, setting in kinds
        for _, where in places
    ]
    cents = iter(priced_apart(asked.pack, lines).allowed.tolist() if lines else ())
    amounts: list[MedicareAmount] = []
    for component, setting in kinds:
        by_state: dict[str | None, list[Decimal]] = {}
        for (state, _), allowed in zip(places, cents, strict=False):
            if allowed >= 0:
                for meant in dict.fromkeys((None, state)):
                    by_state.setdefault(meant, []).append(dollars(allowed))
        amounts += [
            MedicareAmount(component, setting, state, min(held), max(held), "fee schedule")
            for state, held in by_state.items()
        ]
    return Medicare(tuple(amounts), *_opps(asked, code))


def _places(asked: Asked) -> list[tuple[str | None, dict[str, str]]]:
    return [(state, {"mac": mac, "locality": locality}) for mac, locality, state, _ in places_on(asked)]


def _opps(asked: Asked, code: str) -> tuple[Decimal | None, str | None]:
    """OPPS's national payment for the code, before the wage index, with its status; packaged codes have none."""
    for said in opps_facts(asked, code):
        if isinstance(said, Statement) and said.values.get("status"):
            payment = said.values["payment"]
            return (Decimal(payment) if payment and Decimal(payment) > 0 else None), said.values["status"]
    return None, None
