"""The as-of look-up, written once: which release of a table is in force on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trocar.core.period import day_number
from trocar.reference.catalog import CatalogFile

NONE = -1
Days = NDArray[np.int32]
Ordinals = NDArray[np.int16]


@dataclass(frozen=True)
class Calendar:
    """For each day, the ordinal of the release in force, -1 where none is held.

    ``releases[ordinal]`` is the catalog entry of a release (the first of its files, where it came in parts). Where two
    releases cover a day the one that starts later wins (an update within a fiscal year). A pinned calendar answers one
    release on every day; ``is_pinned`` lets the caller confess it.
    """

    releases: tuple[CatalogFile, ...]
    first_day: int
    by_day: Ordinals
    ordinal_of_file: Mapping[int, int]
    is_pinned: bool = False

    @classmethod
    def of(cls, files: Sequence[CatalogFile]) -> Calendar:
        """The calendar of the files of one table (and setting), in order of their first day."""
        parts = sorted(files, key=lambda file: (file.first, file.release, file.file_id))
        ordinal_of_file: dict[int, int] = {}
        releases: list[CatalogFile] = []
        for file in parts:
            if not releases or (file.release, file.first, file.last) != _identity(releases[-1]):
                releases.append(file)
            ordinal_of_file[file.file_id] = len(releases) - 1
        if not releases:
            return cls((), 0, np.empty(0, np.int16), ordinal_of_file)
        first_day = day_number(releases[0].first)
        length = max(day_number(file.last) for file in releases) - first_day + 1
        by_day = np.full(length, NONE, np.int16)
        for ordinal, file in enumerate(releases):
            by_day[day_number(file.first) - first_day : day_number(file.last) - first_day + 1] = ordinal
        return cls(tuple(releases), first_day, by_day, ordinal_of_file)

    @property
    def is_empty(self) -> bool:
        """No release at all: the table is not loaded."""
        return not self.releases

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

        A cumulative table (``history``) still proves what was *not* in force before its own quarter.
        """
        return self._recorded.take(days - (self.first_day - 1), mode="clip")

    @cached_property
    def _recorded(self) -> Ordinals:
        """As ``_bounded``, for ``on_or_recorded_later``."""
        days = np.arange(len(self._bounded)) + (self.first_day - 1)
        ordinals = self._bounded.copy()
        for ordinal in reversed(range(len(self.releases))):
            file = self.releases[ordinal]
            if file.history:
                ordinals[(ordinals == NONE) & (days < day_number(file.first))] = ordinal
        return ordinals

    def pin(self, release: str) -> Calendar | None:
        """The calendar that answers this release on every day; None when it is not held."""
        for ordinal, file in enumerate(self.releases):
            if file.release == release:
                everywhere = np.full(200 * 366, ordinal, np.int16)
                first_day = day_number(file.first) - 100 * 366
                return Calendar(self.releases, first_day, everywhere, self.ordinal_of_file, is_pinned=True)
        return None


def _identity(file: CatalogFile) -> tuple[str, date, date]:
    return file.release, file.first, file.last
