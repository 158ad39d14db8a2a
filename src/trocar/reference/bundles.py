"""Which release the files of one bundle (a folder, a zip) belong to: the one its PPRRVU file names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trocar.reference.catalog import CatalogFile
from trocar.reference.readers.base import Reader, SourceFile
from trocar.reference.readers.delimited import head_of, refusal
from trocar.reference.release import Release, heading_year, release_of_name, schedule_release


@dataclass(frozen=True)
class Bundles:
    """The schedule releases found in each bundle, and those a revised release replaces on all their days."""

    releases: dict[Path, dict[str, Release]]
    csv_releases: frozenset[str]

    @classmethod
    def of(cls, work: Iterable[tuple[SourceFile, Reader]]) -> Bundles:
        """Read from the heads of the PPRRVU files; a fixed-width one alone is named by its file name."""
        releases: dict[Path, dict[str, Release]] = {}
        with_csv = set()
        for file, reader in work:
            release = None
            if reader.family == "pprrvu":
                release = schedule_release(head_of(file))
                with_csv.add(release.name if release else "")
            elif reader.family == "pprrvu_text" and file.bundle not in releases:
                release = release_of_name(file.name)
            if release:
                releases.setdefault(file.bundle, {})[release.name] = release
        return cls(releases, frozenset(with_csv))

    def release_of(self, file: SourceFile) -> Release:
        """The one release of a file's bundle; raises ``ReferenceFileError`` when there is none, or several."""
        found = self.releases.get(file.bundle, {})
        if len(found) == 1:
            return next(iter(found.values()))
        what = f"PPRRVU files of {' and '.join(sorted(found))} stand" if found else "no PPRRVU file stands"
        raise refusal(
            file,
            f"{what} beside it, so its release can't be told",
            remedy="Keep the files of each release in the folder or zip they were published in.",
        )

    def superseded_by(self, release: str) -> str | None:
        """The revision in force on every day of a release, as far as the files say; None as a rule."""
        every = {name: entry for found in self.releases.values() for name, entry in found.items()}
        original, revised = every.get(release), every.get(f"{release}R")
        return revised.name if original and revised and original.period == revised.period else None

    def twin(self, file: SourceFile, reader: Reader, loaded: Iterable[CatalogFile]) -> CatalogFile | None:
        """A loaded file of the same family and release (or, where nothing names the release, the same year)."""
        named = set(self.releases.get(file.bundle, {}))
        year = None if named or reader.family != "gpci" else heading_year(head_of(file))
        for other in loaded:
            if other.family == reader.family and (other.release in named or other.first.year == year):
                return other
        return None
