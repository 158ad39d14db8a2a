"""Read suppressions: every key checked, every error with its address in the TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from trocar.claims.model import checked_hcpcs, checked_place_of_service
from trocar.core.errors import InvalidCodeError, UsageError
from trocar.core.finding import Severity
from trocar.rules.registry import rules_named
from trocar.scrub.suppression import Suppression, Suppressions

TABLE = "suppress"
# Key of an entry -> column of the claim line.
_SCOPES = {
    "payer": "payer",
    "place_of_service": "place_of_service",
    "facility_npi": "billing_npi",
    "code": "hcpcs",
}
_KEYS = frozenset({"rule", "lower_to", "reason", "until", *_SCOPES})
_RANK = (Severity.INFO, Severity.REVIEW, Severity.DENY)


@dataclass(frozen=True)
class _Entry:
    """One entry as read, with where it stands."""

    name: str
    at: int
    values: Mapping[str, Any]
    lines: Sequence[str]

    def where(self, key: str = "") -> str:
        """The address of the entry or of one of its keys, such as ``trocar.toml suppress[0].until, line 6``."""
        path = f"{self.name} {TABLE}[{self.at}]" + (f".{key}" if key else "")
        line = self._line(key)
        return f"{path}, line {line}" if line else path

    def _line(self, key: str) -> int:
        """The line of the key, else of the entry's heading; 0 where the entries are not written as tables."""
        heads = [at for at, text in enumerate(self.lines, 1) if re.match(rf"\s*\[\[\s*{TABLE}\s*\]\]", text)]
        if self.at >= len(heads):
            return 0
        for at, text in enumerate(self.lines[heads[self.at] :], heads[self.at] + 1):
            if re.match(r"\s*\[", text):
                break
            if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", text):
                return at
        return heads[self.at]

    def refuse(self, what: str, key: str = "", remedy: str = "See docs/suppression.md.") -> NoReturn:
        """Raise ``UsageError`` for the entry."""
        raise UsageError(what, where=self.where(key), remedy=remedy)

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"{key} must be a text that says something", key)
        return value.strip()


def read_suppressions(path: Path) -> Suppressions:
    """The suppressions of a settings file; raises ``UsageError`` for a file that is none, and for a wrong entry."""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"the settings can't be read: {error}", where=str(path), remedy="Mend the file.") from error
    return suppressions_of(values.get(TABLE, []), path.name, text.splitlines())


def suppressions_of(entries: Any, name: str, lines: Sequence[str] = ()) -> Suppressions:
    """Suppressions out of the entries of a file; ``lines`` are its text, for addresses. Raises ``UsageError``."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{TABLE} is not a list of tables", where=name, remedy=f"Begin each entry with [[{TABLE}]].")
    return Suppressions(tuple(_suppression(_Entry(name, at, entry, lines)) for at, entry in enumerate(entries)))


def _suppression(entry: _Entry) -> Suppression:
    for key in entry.values:
        if key not in _KEYS:
            entry.refuse(f"{key} is not a key of a suppression", key, f"Its keys are {', '.join(sorted(_KEYS))}.")
    scope = tuple((column, _scope(entry, key)) for key, column in _SCOPES.items() if key in entry.values)
    if not scope:
        entry.refuse("a suppression must be limited", remedy=f"Give one or more of {', '.join(_SCOPES)}.")
    rule, severity = _rule(entry)
    return Suppression(rule, _to(entry, severity), scope, entry.text("reason"), _until(entry), entry.where())


def _rule(entry: _Entry) -> tuple[str, Severity]:
    name = entry.text("rule")
    try:
        declared = rules_named(name)
    except UsageError as error:
        entry.refuse(error.what, "rule", error.remedy)
    return declared[0][0].id, max((rule.severity for rule, _ in declared), key=_RANK.index)


def _to(entry: _Entry, severity: Severity) -> Severity | None:
    if "lower_to" not in entry.values:
        return None
    lower = [one.value for one in _RANK[: _RANK.index(severity)]]
    if entry.values["lower_to"] not in lower:
        can = f"write lower_to = {' or '.join(map(repr, lower))}" if lower else "leave lower_to out to silence it"
        entry.refuse(f"the rule says {severity.value} and can't be lowered to that", "lower_to", f"{can.capitalize()}.")
    return Severity(entry.values["lower_to"])


def _scope(entry: _Entry, key: str) -> str:
    text = entry.text(key)
    try:
        if key == "code":
            return checked_hcpcs(text)
        return checked_place_of_service(text) if key == "place_of_service" else text
    except InvalidCodeError as error:
        entry.refuse(error.what, key, error.remedy)


def _until(entry: _Entry) -> date:
    until = entry.values.get("until")
    if isinstance(until, datetime) or not isinstance(until, date):
        entry.refuse(
            "until must be the last date of service it holds for", "until", "Write a date without quotes: 2026-12-31."
        )
    return until
