"""One element without the person in it: what each action of ``deidentify.toml`` makes of a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from trocar.claims.x12.kept import Dates, Providers, Zips
from trocar.claims.x12.pseudonymous import Stand

REMOVED = "REMOVED"
_UNLIMITED = 1 << 30
# What an element of a type looks like when it holds what it is for; a free text (AN) that is kept looks like a code.
_LOOKS = {
    "ID": re.compile(r"[A-Za-z0-9]+"),
    "N0": re.compile(r"-?[0-9]+"),
    "R": re.compile(r"-?[0-9]*\.?[0-9]*"),
    "TM": re.compile(r"[0-9]+"),
    "AN": re.compile(r" *[A-Za-z0-9._/+-]{1,30} *"),
}
_DAY, _NOTHING_LIKE_A_DATE = re.compile(r"[0-9]{8}"), re.compile(r"[^0-9-]")
_TAX_NUMBER = re.compile(r"[0-9]{2}-?[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4}")
_ZIP, _TELEPHONE = re.compile(r"[0-9]{5}-?(?:[0-9]{4})?"), re.compile(r"[0-9() .+-]+")
# 45 CFR 164.514(b)(2)(i)(C): ages over 89 are one group; a year alone leaves open whether the birthday was.
_OLDEST = 90


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of an element, its least and most length; a composite has no limits."""

    kind: str = ""
    least: int = 0
    most: int = _UNLIMITED

    @classmethod
    def of(cls, stated: str) -> Shape:
        """The shape as ``segments.toml`` states it, such as ``AN 1 60 R``."""
        kind, *lengths = stated.removesuffix(" R").split()
        return cls(kind, *map(int, lengths)) if lengths else cls(kind)


@dataclass(slots=True)
class Case:
    """What the segments before say of the next: whose claim it is, where it was served, when the file was made.

    ``person`` is None outside of a claim. ``year`` is that of the interchange.
    """

    person: str | None = None
    place: str = ""
    year: int = 9999


class Replacement:
    """The actions under one key and one choice of options. A text that is empty or blank stays."""

    def __init__(self, stand: Stand, dates: Dates, zips: Zips, providers: Providers, small: frozenset[str]) -> None:
        self._stand, self._dates, self._zips, self._small = stand, dates, zips, small
        self._providers = providers is Providers.REPLACE
        self._keyed: dict[str, Callable[[str], str]] = {
            "number": stand.number, "name": stand.name, "tax": self._tax, "reference": stand.reference,
        }  # fmt: skip

    def made(self, action: str, text: str, shape: Shape, case: Case, *, replaced: bool = False) -> str:
        """What an action makes of a text; ``replaced`` replaces a provider's whatever the option says."""
        if action == "raw" or not text.strip():
            return text
        if action == "blanks":
            return " " * len(text)
        if action.startswith("org"):
            return self._org(action, text, shape, replaced=replaced or self._providers)
        if action in self._keyed:
            return _fitting(self._keyed[action](text), text, shape)
        if action in ("date", "born", "filed", "clock"):
            return self._dated(action, text, case)
        if action == "zip":
            return self._zip(text)
        if action == "contact":
            return _fitting("0" * 10 if _TELEPHONE.fullmatch(text) else REMOVED, text, shape)
        return kept(text, shape) if action == "keep" else _fitting(REMOVED, text, shape)

    def _tax(self, text: str) -> str:
        return self._stand.tax(text) if _TAX_NUMBER.fullmatch(text.strip()) else self._stand.number(text)

    def _org(self, action: str, text: str, shape: Shape, *, replaced: bool) -> str:
        if action == "org" and _TAX_NUMBER.fullmatch(text.strip()):
            return _fitting(self._stand.tax(text), text, shape)
        if not replaced:
            return kept(text, shape) if action == "org" else text
        if action == "org_text":
            return _fitting(REMOVED, text, shape)
        return _fitting(self._stand.npi(text) if action == "org" else self._stand.name(text), text, shape)

    def _dated(self, action: str, text: str, case: Case) -> str:
        if _NOTHING_LIKE_A_DATE.search(text):
            return crossed(text)
        if action == "born":
            return _each_day(text, lambda day: date(max(day.year, case.year - _OLDEST), 1, 1))
        if self._dates is Dates.KEEP:
            return text
        if action == "clock":
            return text if self._dates is Dates.SHIFT else "0" * len(text)
        if self._dates is Dates.SHIFT:
            days = 0 if case.person is None or action == "filed" else self._stand.days(case.person)
            return _each_day(text, lambda day: day - timedelta(days))
        if len(text) == 6:  # the day of an interchange is written without its century
            return text[:2] + "0101"
        only_year = _each_day(text, lambda day: date(day.year, 1, 1))
        return only_year[:8] + "0" * (len(text) - 8) if len(text) in (12, 14) else only_year

    def _zip(self, text: str) -> str:
        if not _ZIP.fullmatch(text.strip()):
            return crossed(text)
        known = text[:3] if self._zips is Zips.THREE and text[:3] not in self._small else "000"
        return known + re.sub("[0-9]", "0", text[3:])


def kept(text: str, shape: Shape) -> str:
    """The text where it looks like what its element is for; else crosses."""
    looks = _LOOKS.get(shape.kind, _LOOKS["AN"])
    return text if len(text) <= shape.most and looks.fullmatch(text) else crossed(text)


def crossed(text: str) -> str:
    """As many crosses: still no date, no number and too long where the text was."""
    return "X" * len(text)


def _fitting(made: str, text: str, shape: Shape) -> str:
    """What was made at a length the element may have; where the text had none of these, at its own."""
    if shape.least <= len(text) <= shape.most:
        return made.ljust(shape.least, "X")[: shape.most]
    return (made * (len(text) // len(made) + 1))[: len(text)]


def _each_day(text: str, change: Callable[[date], date]) -> str:
    def changed(match: re.Match[str]) -> str:
        digits = match[0]
        try:
            day = change(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
        except (ValueError, OverflowError):  # no day of the calendar: the same is said of what stands in for it
            return "9" * 8
        return f"{day:%Y%m%d}".zfill(8)

    return _DAY.sub(changed, text)
