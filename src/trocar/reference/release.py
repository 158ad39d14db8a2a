"""Release names and the days they are in force on, read from the publisher's own words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from trocar.core.money import CF_SCALE, scaled
from trocar.core.period import Period, quarter

_MONTH_QUARTERS = {"JAN": 1, "APR": 2, "JUL": 3, "OCT": 4}
_TITLE = re.compile(
    r"(20\d\d) National Physician Fee Schedule Relative Value File\s+"
    r"(January|April|July|October)\s+(Revised\s+)?Release",
    re.IGNORECASE,
)
_RELEASED = re.compile(r"RELEASED\s+(\d\d)/(\d\d)/(\d{4})", re.IGNORECASE)
_NAMED_MONTH = re.compile(r"(?:20)?(\d\d)_?(JAN|APR|JUL|OCT)", re.IGNORECASE)
# "2025Oct", "2026 January", "january-2026": CMS writes both orders.
_YEAR_MONTH = re.compile(
    r"(?P<year>20\d\d)[ _-]?(?P<month>JAN|APR|JUL|OCT)"
    r"|(?P<month_first>JAN|APR|JUL|OCT)[A-Z]*[ _-]?(?P<year_last>20\d\d)",
    re.IGNORECASE,
)
_YEAR_HEADING = re.compile(r"CY\s+(20\d\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Release:
    """A publisher's release: its name, the days it is in force on, the day it was published where known."""

    name: str
    period: Period
    published: date | None = None


@cache
def known() -> dict[str, Any]:
    """``catalog.toml``: what the files do not say about themselves, with sources."""
    return tomllib.loads(files("trocar.reference").joinpath("catalog.toml").read_text("utf-8"))


def schedule_release(text: str) -> Release | None:
    """The release a PPRRVU title names ("2025 National ... October Release" is RVU25D); None without a title."""
    title = _TITLE.search(text)
    if not title:
        return None
    released = _RELEASED.search(text)
    published = date(int(released[3]), int(released[1]), int(released[2])) if released else None
    return _schedule_release(int(title[1]), title[2], bool(title[3]), published)


def release_of_name(name: str) -> Release | None:
    """The release a PPRRVU file name points to (``PPRRVU2025_Oct.txt``): the fixed-width file holds no title."""
    match = _NAMED_MONTH.search(name)
    return _schedule_release(2000 + int(match[1]), match[2], False, None) if match else None


def outpatient_release(name: str) -> Release | None:
    """The OPPS release of an Addendum B named by year and month (``OPPS_AddendumB_2025Oct``): OPPS2025Q4."""
    match = _YEAR_MONTH.search(name)
    if not match:
        return None
    year, month = match["year"] or match["year_last"], match["month"] or match["month_first"]
    number = _MONTH_QUARTERS[month.upper()]
    return Release(f"OPPS{year}Q{number}", quarter(int(year), number))


def heading_year(text: str) -> int | None:
    """The calendar year a GPCI heading names ("FINAL CY 2026 ...")."""
    match = _YEAR_HEADING.search(text)
    return int(match[1]) if match else None


def localities_of_year(year: int) -> int | None:
    """How many payment localities a calendar year has; None before the years known."""
    counts = [entry["count"] for entry in known()["gpci_localities"] if entry["from_year"] <= year]
    return counts[-1] if counts else None


def _schedule_release(year: int, month: str, revised: bool, published: date | None) -> Release:
    number = _MONTH_QUARTERS[month[:3].upper()]
    name = f"RVU{year % 100:02d}{'ABCD'[number - 1]}{'R' if revised else ''}"
    for entry in known()["release"]:
        if entry["name"] == name:
            return Release(name, Period(entry["first"], entry["last"]), published)
    return Release(name, quarter(year, number), published)


def announced_last(name: str) -> date | None:
    """The last day a release was published for, where a later law ended it sooner; None as a rule."""
    return next((entry.get("announced_last") for entry in known()["release"] if entry["name"] == name), None)


def qualifying_factors() -> dict[int, int]:
    """Conversion factors of qualifying APM participants by year, in ten-thousandths of a dollar."""
    return {entry["year"]: scaled(entry["conversion_factor"], CF_SCALE) for entry in known()["qualifying_apm"]}
