"""The catalog: what each loaded file is, which days it is in force on, and how far to trust it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from trocar.core.cite import Citation
from trocar.core.errors import StoreError
from trocar.core.period import Period

SCHEMA_VERSION = 2


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One publisher's file in the store.

    ``table`` is the store table its rows went to (empty for a file kept as evidence only, such as the policy
    manual). ``first``/``last`` bound the days of service it is in force on. ``setting`` is practitioner,
    hospital or dme for edits that differ by setting, else empty. ``dated`` says rows carry their own effective
    dates; ``history`` says rows deleted before ``first`` are in the file too, so that a pair absent from it was
    never edited up to ``last``. ``published`` is the day the publisher released it, as ``published_source`` says,
    and None where nobody says it. ``announced_last`` is the last day the file stood for when it was published, where
    a later release ended it sooner.
    """

    file_id: int
    family: str
    table: str
    release: str
    file: str
    sha256: str
    rows: int
    first: date
    last: date
    published: date | None = None
    published_source: str = ""
    announced_last: date | None = None
    setting: str = ""
    dated: bool = False
    history: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def period(self) -> Period:
        """The days of service the file is in force on."""
        return Period(self.first, self.last)

    def cite(self, line: int) -> Citation:
        """The citation of one line of this file; the file's warnings travel with it."""
        return Citation(self.release, self.file, int(line), self.sha256, self.warnings)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every file of a store, in file_id order; ``scope`` lists the HCPCS codes of a partial (starter) store."""

    files: tuple[CatalogFile, ...]
    scope: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def of_table(self, table: str) -> tuple[CatalogFile, ...]:
        """The files whose rows are in one table, in file_id order."""
        return tuple(file for file in self.files if file.table == table)

    def write(self, path: Path) -> None:
        """Write as JSON: the same catalog gives the same bytes."""
        body: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **asdict(self)}
        path.write_text(json.dumps(body, indent=1, default=date.isoformat, ensure_ascii=False) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> Catalog:
        """Read a catalog; raises ``StoreError`` when it is missing, damaged or of another version."""
        remedy = "Build the store again: trocar data build DIR -o STORE."
        try:
            body = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise StoreError("there is no reference store here", where=str(path.parent), remedy=remedy) from None
        except ValueError as error:
            raise StoreError(f"the catalog is damaged ({error})", where=str(path), remedy=remedy) from error
        if body.get("schema_version") != SCHEMA_VERSION:
            raise StoreError("the store was built by another version of Trocar", where=str(path), remedy=remedy)
        files = tuple(_file(entry) for entry in body["files"])
        return cls(files, tuple(body["scope"]), tuple(body["notes"]))


def _file(entry: dict[str, Any]) -> CatalogFile:
    for name in ("first", "last", "published", "announced_last"):
        entry[name] = date.fromisoformat(entry[name]) if entry[name] else None
    return CatalogFile(**{**entry, "warnings": tuple(entry["warnings"])})
