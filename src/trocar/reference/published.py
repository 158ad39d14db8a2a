"""The day each release was published: as its own files say, else as the user states it with a source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from trocar.core.errors import ReferenceFileError

STATEMENTS = "published.toml"
OWN_WORDS = "the release's own files"


@dataclass(frozen=True, slots=True)
class Published:
    """A day of publication, and who says so."""

    day: date
    source: str


def statements(folder: Path) -> dict[str, Published]:
    """The days a user states in ``published.toml`` at the top of the folder of downloads, by release.

    CMS's edit files don't say when they were posted; its pages and transmittals do. Each entry is a ``[[published]]``
    with ``release``, ``day`` and ``source``. Raises ``ReferenceFileError`` for an entry without all three, and for
    two entries of one release.
    """
    path = folder / STATEMENTS
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("published", [])
    except ValueError as error:
        raise _refused(f"it is no TOML ({error})") from error
    stated: dict[str, Published] = {}
    for entry in entries:
        release, published = _entry(entry)
        if release in stated:
            raise _refused(f"{release} stands in it twice")
        stated[release] = published
    return stated


def _entry(entry: Any) -> tuple[str, Published]:
    release, day, source = (
        (entry.get(name) for name in ("release", "day", "source")) if isinstance(entry, Mapping) else (None,) * 3
    )
    if not (isinstance(release, str) and release and isinstance(source, str) and source):
        raise _refused("an entry lacks its release or its source")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise _refused(f"the day of {release} is not a date such as 2026-06-01")
    return release, Published(day, source)


def _refused(what: str) -> ReferenceFileError:
    remedy = (
        "Write [[published]] with release, day and source, such as PTP2026Q3, 2026-06-01 and the page that says it."
    )
    return ReferenceFileError(what, where=STATEMENTS, remedy=remedy)
