"""One code through the fee schedule releases: national price, relative values, and what changed between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from trocar.core.cite import Citation
from trocar.lookup.asked import Asked
from trocar.lookup.quotes import NATIONAL, plain_line, quotes
from trocar.lookup.schedule_facts import INDICATORS, component_rows, relative_values, text_of

_CALLED = {
    "work": "work RVU",
    "nonfacility_pe": "practice expense RVU, office",
    "facility_pe": "practice expense RVU, facility",
    "malpractice": "malpractice RVU",
    "nonfacility_na": "marked NA in an office",
    "facility_na": "marked NA in a facility",
}


@dataclass(frozen=True, slots=True)
class InRelease:
    """A code's component in one release: the national price on its first day, its values, or None where it lacks it."""

    release: str
    first: date
    last: date
    allowed: Decimal | None
    status: str
    values: dict[str, Any] | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a code that differs between two releases that follow each other in the store."""

    what: str
    before: str
    after: str
    from_release: str
    to_release: str
    first: date


def through_releases(asked: Asked, code: str, component: str, place_of_service: str) -> list[InRelease]:
    """The component in every fee schedule release held, in order."""
    releases = asked.pack.calendars["schedule"].releases
    lines = [plain_line(code, component, file.first, NATIONAL, place_of_service) for file in releases]
    answer = []
    for ordinal, (file, quote) in enumerate(zip(releases, quotes(asked.pack, lines), strict=True)):
        row = component_rows(asked, code, ordinal).get(component, -1)
        values = None if row < 0 else _values(asked, row)
        cited = () if row < 0 else (asked.pack.cite("schedule", row),)
        allowed = None if quote["allowed"] is None else Decimal(quote["allowed"])
        answer.append(InRelease(file.release, file.first, file.last, allowed, quote["status"], values, cited))
    return answer


def _values(asked: Asked, row: int) -> dict[str, Any]:
    indicators = {title: text_of(asked, name, row) for name, title in INDICATORS}
    return {"status": text_of(asked, "status", row), **relative_values(asked, row), **indicators}


def changes(history: list[InRelease]) -> Iterator[Change]:
    """What differs from one release to the next: values and indicators, first and last appearance; newest first."""
    found = []
    for before, after in pairwise(history):
        at = (before.release, after.release, after.first)
        if (before.values is None) != (after.values is None):
            words = ("not in the schedule", "in the schedule")
            found.append(Change("code", words[before.values is not None], words[after.values is not None], *at))
        if before.values is None or after.values is None:
            continue
        for name, value in after.values.items():
            if value != before.values[name]:
                found.append(Change(_CALLED.get(name, name), _text(before.values[name]), _text(value), *at))
    return reversed(found)


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
