"""The database of denial reports, opened when first asked for: most servers answer for long without it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from trocar.entrypoints.options import today
from trocar.reference.store import Store

if TYPE_CHECKING:
    from trocar.community.reports import Reports


class ReportsAtHand:
    """Opens the reports once per process; the reason codes are those of the store."""

    def __init__(self, url: str | None, store: Store) -> None:
        self._url = url
        self._store = store
        self._lock = Lock()
        self._reports: Reports | None = None
        self._looked_on: date | None = None

    def open(self) -> Reports:
        """The reports, with the month's release made if it is due; raises ``ReportDatabaseError``."""
        from trocar.community.reasons import ReasonCodes
        from trocar.community.reports import open_reports

        with self._lock:
            if self._reports is None:
                self._reports = open_reports(self._url or own_file(), reasons=ReasonCodes.from_store(self._store))
            if self._looked_on != (day := today()):
                self._reports.release_when_due(day)
                self._looked_on = day
            return self._reports

    def close(self) -> None:
        """Give the connections back."""
        if self._reports is not None:
            self._reports.close()


def own_file() -> str:
    """A SQLite file in the user's data folder by the XDG rules; the folder is made."""
    told = os.environ.get("XDG_DATA_HOME")
    folder = (Path(told) if told else Path.home() / ".local" / "share") / "trocar"
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'reports.sqlite3'}"
