"""Global, professional and technical component in office, hospital and surgery center, beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trocar.lookup.asked import Asked
from trocar.lookup.quotes import plain_line, quotes
from trocar.lookup.schedule_facts import component_rows

# Where a practitioner furnishes it, and what the facility bills for the same patient.
PLACES = {"office": "11", "hospital outpatient": "22", "surgery center": "24"}
FACILITY_CLAIMS = {"hospital outpatient": "hospital", "surgery center": "asc"}


@dataclass(frozen=True)
class SideBySide:
    """Prices (the JSON shape of ``trocar price``) by component and place, and of the facility's own claim by place."""

    practitioner: Mapping[str, Mapping[str, Mapping[str, Any]]]
    facility: Mapping[str, Mapping[str, Any]]


def side_by_side(asked: Asked, code: str, place: Mapping[str, str]) -> SideBySide | None:
    """Each component the day's schedule has, at each place; None when no schedule in force has the code."""
    ordinal = asked.release("schedule")
    components = [name for name in component_rows(asked, code, ordinal) if name != "53"] if ordinal >= 0 else []
    if not components:
        return None
    cells = [(component, where) for component in components for where in PLACES]
    lines = [plain_line(code, component, asked.day, place, PLACES[where]) for component, where in cells]
    lines += [
        plain_line(code, "", asked.day, place, PLACES[where], setting=setting)
        for where, setting in FACILITY_CLAIMS.items()
    ]
    answers = quotes(asked.pack, lines)
    practitioner: dict[str, dict[str, Mapping[str, Any]]] = {component: {} for component in components}
    for (component, where), answer in zip(cells, answers, strict=False):
        practitioner[component][where] = answer
    facility = dict(zip(FACILITY_CLAIMS, answers[len(cells) :], strict=True))
    return SideBySide(practitioner, facility)
