"""What a denial report may choose from: payers, states, outcomes, places of service."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from trocar.reference.law import law

PAID_ON_APPEAL, WRITTEN_OFF, PENDING = "paid_on_appeal", "written_off", "pending"


@dataclass(frozen=True, slots=True)
class Choices:
    """The enumerated fields: for payers, states and outcomes what each key says in words, and the places in use."""

    payers: Mapping[str, str]
    states: Mapping[str, str]
    outcomes: Mapping[str, str]
    places_of_service: frozenset[str]


@cache
def choices() -> Choices:
    """The packaged choices (``community/params/choices.toml``; places from ``reference/params``)."""
    text = resources.files("trocar.community").joinpath("params", "choices.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    places = law().facility_places | law().nonfacility_places
    return Choices(tables["payers"], tables["states"], tables["outcomes"], places)
