"""What a store holds, table by table, and which quarters it lacks: the rows of ``trocar data status``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from trocar.core.period import quarter
from trocar.reference.catalog import CatalogFile
from trocar.reference.store import Store


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One file of the store, or one gap (``release`` then names the days no release of the table covers)."""

    table: str
    setting: str
    release: str
    first: date
    last: date
    rows: int
    file: str
    warnings: tuple[str, ...] = ()
    published: date | None = None
    published_source: str = ""
    gap: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of a row."""
        return asdict(self) | {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "warnings": list(self.warnings),
            "published": self.published.isoformat() if self.published else None,
        }


def status(store: Store) -> list[StatusRow]:
    """Files in order of table, setting and days, each followed by the gap after it where there is one."""
    files = sorted(
        store.catalog.files, key=lambda file: (file.table, file.setting, file.first, file.last, file.file_id)
    )
    found: list[StatusRow] = []
    groups: dict[tuple[str, str], list[CatalogFile]] = {}
    for file in files:
        groups.setdefault((file.table, file.setting), []).append(file)
    for group in groups.values():
        covered = group[0].first - timedelta(days=1)
        for file in group:
            if file.table and file.first > covered + timedelta(days=1):
                found.append(_gap(file, covered + timedelta(days=1)))
            covered = max(covered, file.last)
            found.append(
                StatusRow(
                    file.table,
                    file.setting,
                    file.release,
                    file.first,
                    file.last,
                    file.rows,
                    file.file,
                    file.warnings,
                    file.published,
                    file.published_source,
                )
            )
    return found


def _gap(following: CatalogFile, first: date) -> StatusRow:
    """The days before a file that nothing covers, named by the quarters they are."""
    last = following.first - timedelta(days=1)
    names = []
    day = first
    while day <= last:
        number = (day.month + 2) // 3
        names.append(f"{day.year}Q{number}")
        end = quarter(day.year, number).last
        day = (end or last) + timedelta(days=1)
    return StatusRow(
        following.table, following.setting, f"no release for {', '.join(names)}", first, last, 0, "", gap=True
    )
