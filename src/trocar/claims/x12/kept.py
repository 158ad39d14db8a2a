"""What is kept of days, ZIPs, providers in a file that is written without persons."""

from __future__ import annotations

from enum import StrEnum


class Dates(StrEnum):
    """What becomes of days: kept, moved back by as many days for each patient, or only their years kept."""

    KEEP = "keep"
    SHIFT = "shift"
    YEAR = "year"


class Zips(StrEnum):
    """What becomes of the ZIPs of persons: three digits where enough people share them, or none."""

    THREE = "three"
    NONE = "none"


class Providers(StrEnum):
    """What becomes of names, addresses and ids of providers; their ZIPs stay, tax numbers never do."""

    KEEP = "keep"
    REPLACE = "replace"
