"""What a file's name or preamble says of its release: the calendar quarter, the setting."""

from __future__ import annotations

import re

# CMS numbers NCCI versions from 1994: v32.2 is 1994 + 32 = 2026, and .0 .1 .2 .3 are its four quarters.
_NCCI_FIRST_YEAR = 1994
_NCCI_VERSION = re.compile(r"v(\d{2})([0-3])r\d", re.IGNORECASE)
_QUARTER = re.compile(r"(20\d{2})[\s_-]*q([1-4])", re.IGNORECASE)
_EFFECTIVE = re.compile(r"eff\w*?[\s_-]*(0[1-9]|1[0-2])[-/_]01[-/_](20\d{2})", re.IGNORECASE)
_SETTINGS = {
    "practitioner": re.compile(r"ccipra|practitioner", re.IGNORECASE),
    "hospital": re.compile(r"ccioph|hospital|outpatient", re.IGNORECASE),
    "dme": re.compile(r"dme|durable", re.IGNORECASE),
}


def quarter_named(*texts: str) -> tuple[int, int] | None:
    """Year and quarter (1 to 4) that the first telling text states, else None.

    ``ccipra-v322r0-f1.txt``, ``AOC_V2026Q2``, ``MUE_PractitionerServices_Eff_07-01-2024.csv``.
    """
    for text in texts:
        if found := _NCCI_VERSION.search(text):
            return _NCCI_FIRST_YEAR + int(found[1]), int(found[2]) + 1
        if found := _QUARTER.search(text):
            return int(found[1]), int(found[2])
        if found := _EFFECTIVE.search(text):
            return int(found[2]), (int(found[1]) + 2) // 3
    return None


def setting_named(*texts: str) -> str | None:
    """practitioner, hospital or dme, as the first text that names exactly one of them says; else None."""
    for text in texts:
        named = [setting for setting, words in _SETTINGS.items() if words.search(text)]
        if len(named) == 1:
            return named[0]
    return None
