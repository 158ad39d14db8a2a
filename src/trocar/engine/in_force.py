"""The as-of look-up, written once: which release of a table is in force on a day, of all or of those published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trocar.core.period import day_number
from trocar.reference.catalog import CatalogFile

NONE = -1
# Of more releases than these, a sentence names the first and the last.
_NAMED = 4
Days = NDArray[np.int32]
Ordinals = NDArray[np.int16]


@dataclass(frozen=True)
class Calendar:
    """For each day, the ordinal of the release in force, -1 where none is held.

    ``releases[ordinal]`` is the catalog entry of a release (the first of its files, where it came in parts). Where two
    releases cover a day the one that starts later wins (an update within a fiscal year). A pinned calendar answers one
    release on every day; ``is_pinned`` lets the caller confess it. ``published[ordinal]`` is the day the last of a
    release's files was published, None where that of one is not known; with ``published_by`` a release counts only
    when it was published by then.
    """

    releases: tuple[CatalogFile, ...]
    first_day: int
    by_day: Ordinals
    ordinal_of_file: Mapping[int, int]
    is_pinned: bool = False
    published: tuple[date | None, ...] = ()
    published_by: date | None = None

    @classmethod
    def of(cls, files: Sequence[CatalogFile], published_by: date | None = None) -> Calendar:
        """The calendar of the files of one table (and setting), in order of their first day."""
        parts = sorted(files, key=lambda file: (file.first, file.release, file.file_id))
        ordinal_of_file: dict[int, int] = {}
        releases: list[CatalogFile] = []
        for file in parts:
            if not releases or (file.release, file.first, file.last) != _identity(releases[-1]):
                releases.append(file)
            ordinal_of_file[file.file_id] = len(releases) - 1
        published = tuple(_published(parts, ordinal_of_file, ordinal) for ordinal in range(len(releases)))
        calendar = cls(tuple(releases), 0, np.empty(0, np.int16), ordinal_of_file, False, published, published_by)
        spans = {
            ordinal: (day_number(file.first), day_number(_last(file, published_by)))
            for ordinal, file in enumerate(releases)
            if calendar.counts(ordinal)
        }
        if not spans:
            return calendar
        first_day = min(first for first, _ in spans.values())
        by_day = np.full(max(last for _, last in spans.values()) - first_day + 1, NONE, np.int16)
        for ordinal, (first, last) in spans.items():
            by_day[first - first_day : last - first_day + 1] = ordinal
        return replace(calendar, first_day=first_day, by_day=by_day)

    def counts(self, ordinal: int) -> bool:
        """Whether a release was published by the day asked for; every release does where none is."""
        published = self.published[ordinal]
        return self.published_by is None or (published is not None and published <= self.published_by)

    @property
    def is_empty(self) -> bool:
        """No release at all: the table is not loaded, or nothing of it was published by the day."""
        return not len(self.by_day)

    @property
    def last_day(self) -> int:
        """The last day any release is in force on."""
        return self.first_day + len(self.by_day) - 1

    def on(self, days: Days) -> Ordinals:
        """The release ordinal in force on each day number, -1 where none is."""
        return self._bounded.take(days - (self.first_day - 1), mode="clip")

    @cached_property
    def _bounded(self) -> Ordinals:
        """``by_day`` between one entry for every earlier day and one for every later day."""
        return np.concatenate([[NONE], self.by_day, [NONE]]).astype(np.int16)

    def on_or_recorded_later(self, days: Days) -> Ordinals:
        """As ``on``; where none is in force, the next later release that keeps its deleted rows.

        A cumulative table (``history``) still proves what was *not* in force before its own quarter. By what was
        published on a day, the newest release whose rows bear dates answers for all days before it too: it is how the
        publisher takes an edit back, or makes one begin in the past.
        """
        return self._recorded.take(days - (self.first_day - 1), mode="clip")

    @cached_property
    def _recorded(self) -> Ordinals:
        """As ``_bounded``, for ``on_or_recorded_later``."""
        days = np.arange(len(self._bounded)) + (self.first_day - 1)
        ordinals = self._bounded.copy()
        for ordinal in reversed(range(len(self.releases))):
            file = self.releases[ordinal]
            if file.history and self.counts(ordinal):
                ordinals[(ordinals == NONE) & (days < day_number(file.first))] = ordinal
        for ordinal in sorted(self._retroactive, key=self._published_number):
            older = np.array([self._published_number(at) < self._published_number(ordinal) for at in self._every])
            ordinals[(days < day_number(self.releases[ordinal].first)) & older[ordinals]] = ordinal
        return ordinals

    @property
    def _every(self) -> range:
        """The ordinals, and -1 last: as an index, it finds what stands for no release."""
        return range(len(self.releases) + 1)

    @property
    def _retroactive(self) -> list[int]:
        """Releases that answer for the days before them, by what was published on a day."""
        if self.published_by is None:
            return []
        return [at for at, file in enumerate(self.releases) if file.history and file.dated and self.counts(at)]

    def _published_number(self, ordinal: int) -> int:
        published = self.published[ordinal] if ordinal < len(self.releases) else None
        return NONE if published is None else day_number(published)

    def pin(self, release: str) -> Calendar | None:
        """The calendar that answers this release on every day; None when it is not held."""
        for ordinal, file in enumerate(self.releases):
            if file.release == release:
                everywhere = np.full(200 * 366, ordinal, np.int16)
                first_day = day_number(file.first) - 100 * 366
                return replace(self, first_day=first_day, by_day=everywhere, is_pinned=True)
        return None

    def left_out(self) -> str:
        """The releases that do not count by the day asked for, and why; empty when all do."""
        out = [at for at in range(len(self.releases)) if not self.counts(at)]
        later = [f"{self.releases[at].release} ({day.isoformat()})" for at in out if (day := self.published[at])]
        unknown = [self.releases[at].release for at in out if self.published[at] is None]
        words = [f"without {', '.join(later)}, published later"] if later else []
        if unknown:
            named = unknown if len(unknown) <= _NAMED else [unknown[0], "...", unknown[-1]]
            words.append(f"without {', '.join(named)}, whose day of publication is not known")
        return " and ".join(words)


def _last(file: CatalogFile, published_by: date | None) -> date:
    """The last day a release stands for; by what was published on a day, the one it was announced with.

    A later release that had been published by then ends it all the same, since it is put over it.
    """
    return file.last if published_by is None or file.announced_last is None else file.announced_last


def _published(files: Sequence[CatalogFile], ordinals: Mapping[int, int], ordinal: int) -> date | None:
    """The day by which all parts of a release were published; None when that of one is not known."""
    days = [file.published for file in files if ordinals[file.file_id] == ordinal]
    return None if None in days else max(day for day in days if day is not None)


def _identity(file: CatalogFile) -> tuple[str, date, date]:
    return file.release, file.first, file.last
