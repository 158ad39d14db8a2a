"""A code's first and last day in the fee schedule releases held, the gaps between, and the codes before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from trocar.core.cite import Citation
from trocar.core.period import Period
from trocar.engine.pack import Rows
from trocar.knowledge import knowledge
from trocar.knowledge.model import Lineage
from trocar.lookup.asked import Asked
from trocar.lookup.schedule_facts import rows_by_release
from trocar.reference.catalog import CatalogFile

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CodeHistory:
    """When the releases held have the code.

    ``first`` and ``last`` are the first and last day of service of a release that has it, None for a code of none.
    ``earlier_unknown`` and ``later_unknown``: no release is held before or after, so the code may have begun earlier
    or go on. ``lacking`` are releases between that lack it, ``unheld`` the days between for which none is held.
    ``lineage``, from the knowledge file, names the codes before and after.
    """

    first: date | None
    last: date | None
    earlier_unknown: bool
    later_unknown: bool
    lacking: tuple[str, ...]
    unheld: tuple[Period, ...]
    lineage: Lineage | None
    says: str
    citations: tuple[Citation, ...]


def history_of(asked: Asked, code: str) -> CodeHistory:
    """The history of a code by the releases of the store; what came before and after by its knowledge file."""
    releases = asked.pack.calendars["schedule"].releases
    rows = rows_by_release(asked, code)
    having = np.flatnonzero(rows >= 0).tolist()
    known = knowledge(code)
    lineage = known.history if known else None
    if not having:
        return CodeHistory(None, None, False, False, (), (), lineage, "in no fee schedule release of the store", ())
    one, two = having[0], having[-1]
    return CodeHistory(
        first=releases[one].first,
        last=releases[two].last,
        earlier_unknown=one == 0,
        later_unknown=two == len(releases) - 1,
        lacking=tuple(releases[at].release for at in range(one, two) if rows[at] < 0),
        unheld=_unheld([release.period for release in releases[one : two + 1]]),
        lineage=lineage,
        says=_says(releases, rows, one, two),
        citations=tuple(asked.pack.cite("schedule", int(rows[at])) for at in dict.fromkeys((one, two))),
    )


def _says(releases: Sequence[CatalogFile], rows: Rows, one: int, two: int) -> str:
    """The days in words: a release that is not held leaves the first or last day open."""
    first, last = releases[one].first, releases[two].last
    says = f"{'on or before' if one == 0 else 'from'} {first} ({releases[one].release}) to {last}"
    says += f"{' or later' if two == len(releases) - 1 else ''} ({releases[two].release})"
    if one and (begins := releases[one - 1].last + _DAY) < first:
        says += f"; it may have begun from {begins} on, of which no release is held"
    if two < len(releases) - 1 and (ends := releases[two + 1].first - _DAY) > last:
        says += f"; it may have lasted to {ends}, of which no release is held"
    if lacking := [releases[at].release for at in range(one, two) if rows[at] < 0]:
        says += f"; not in {', '.join(lacking)}"
    if gaps := _unheld([release.period for release in releases[one : two + 1]]):
        says += f"; no release held for {', '.join(f'{gap.first} to {gap.last}' for gap in gaps)}"
    return says


def _unheld(periods: list[Period]) -> tuple[Period, ...]:
    """The days between releases for which none is held; releases may overlap."""
    gaps = []
    covered = periods[0].first - _DAY
    for period in periods:
        if covered + _DAY < period.first:
            gaps.append(Period(covered + _DAY, period.first - _DAY))
        covered = max(covered, period.last or covered)
    return tuple(gaps)
