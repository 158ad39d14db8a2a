"""What a compacted set of rates consists of: the file ``set.json``, replaced at once when a compaction ends."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import msgspec

from trocar.benchmarks.cleaning import facts
from trocar.benchmarks.cleaning.observations import KIND, NORMAL, facility_places
from trocar.benchmarks.cleaning.payers import payers_text
from trocar.benchmarks.folder import RatesError

MANIFEST = "set.json"
# The folder within a set where a compaction works.
WORK = ".work"
LAYOUT = 2
# Size, time of change in nanoseconds and digest of a file.
Stamp = list[Any] | None


class RatesSetError(RatesError):
    """A compacted set, or what it is made of, is damaged or something else."""

    docs = "docs/rates.md"


@dataclass(frozen=True)
class Run:
    """What questions need of some partitions: their paths, their rates when it was written, and the files.

    ``files``: first code, last code, path.
    """

    partitions: list[str]
    rates: int
    files: list[list[str]]


@dataclass(frozen=True)
class Manifest:
    """The files that count, relative to the set, by table; all others in it are left over.

    ``rates``: path by partition, ``rows`` likewise. ``by_code``: what questions read, each partition in one run as
    it is now. ``tables``: paths of ``groups``, ``voters``, ``kinds``, ``files``, ``plans``, ``listed``, ``rejects``
    and, by the registry, ``places``, ``doers``, ``billers``. ``definitions``: what the facts in the rates rest on;
    ``registry``: by what its files are known. ``generation`` counts compactions.
    """

    generation: int = 0
    definitions: str = ""
    rates: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, list[str]] = field(default_factory=dict)
    by_code: list[Run] = field(default_factory=list)
    registry: Mapping[str, Stamp] = field(default_factory=dict)
    layout: int = LAYOUT

    @property
    def partitions(self) -> list[str]:
        """The paths of the rates by the names of their partitions: in this order they have their numbers."""
        return [self.rates[name] for name in sorted(self.rates)]

    def paths(self) -> Iterator[str]:
        """All files of the set."""
        yield from self.partitions
        yield from (path for run in self.by_code for *_, path in run.files)
        for paths in self.tables.values():
            yield from paths

    def write(self, folder: Path) -> None:
        """Put it in the place of the one before, whole or not at all."""
        building = folder / f".{MANIFEST}"
        with building.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        building.replace(folder / MANIFEST)


def is_set(folder: Path) -> bool:
    """Whether a folder holds a compacted set."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a set whose files are all there; raises ``RatesSetError``."""
    where, remedy = str(folder / MANIFEST), "Compact the extracted files again, into a new folder."
    try:
        told: Any = json.loads((folder / MANIFEST).read_text("utf-8"))
        if not isinstance(told, dict) or told.get("layout") != LAYOUT:
            raise RatesSetError("it is no set of this version of Trocar", where=where, remedy=remedy)
        manifest = msgspec.convert(told, Manifest)
        missing = [path for path in manifest.paths() if not (folder / path).is_file()]
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise RatesSetError(f"the set can't be read ({error})", where=where, remedy=remedy) from error
    if missing:
        raise RatesSetError(f"a file of the set is missing: {missing[0]}", where=str(folder), remedy=remedy)
    return manifest


def definitions() -> str:
    """A digest of all that stored facts rest on: under another one they are worked out anew at each question."""
    told = (NORMAL, KIND, *facts.QUERIES, payers_text(), ",".join(facility_places()))
    return sha256(" ".join(" ".join(told).split()).encode()).hexdigest()[:16]


def stamp(path: Path) -> Stamp:
    """What another file in the place of this one is known by; None for no file."""
    if not path.is_file():
        return None
    told = path.stat()
    with path.open("rb") as file:
        return [told.st_size, told.st_mtime_ns, file_digest(file, "sha256").hexdigest()]


def is_stamped(path: Path, held: Stamp) -> bool:
    """Whether a file is still the same: by size and time, else by its digest (a copied file has another time)."""
    if held is None or not path.is_file():
        return held is None and not path.is_file()
    told = path.stat()
    return held[0] == told.st_size and (held[1] == told.st_mtime_ns or held[2] == (stamp(path) or held)[2])
