"""Forms for the tests of denial reports."""

from __future__ import annotations

from datetime import date

from trocar.community.reports import Reports

TODAY = date(2025, 4, 2)
FORM = {
    "code": "77002",
    "modifiers": "26",
    "payer": "aetna",
    "carc": "CO-97",
    "rarc": "N519",
    "month": "2025-03",
    "place_of_service": "22",
    "state": "TX",
    "outcome": "written_off",
    "note": "",
}


def send(reports: Reports, count: int, today: date = TODAY, **fields: str) -> list[str]:
    """The tokens of so many new contributors with one report each."""
    return [reports.submit(FORM | fields, None, today).token for _ in range(count)]
