"""How often a rule fires on the golden scrub cases, as counted when the file beside this module was written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Fired:
    """On how many of the golden cases, each a claim, a rule fires."""

    cases: int
    of: int

    @property
    def words(self) -> str:
        """The count in words."""
        return f"fires on {self.cases or 'none'} of the {self.of} golden claims"


@cache
def _counted() -> dict[str, Any]:
    return tomllib.loads(resources.files("trocar.rules").joinpath("golden_firings.toml").read_text("utf-8"))


def fired(rule: str) -> Fired:
    """The count of a rule by id; a rule of a plug-in was not there to be counted, and has none."""
    return Fired(_counted()["fired"].get(rule, 0), _counted()["cases"])
