"""Reason codes of denials: whether a CARC or a RARC is one, by the store or by its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from trocar.community.errors import ReportError
from trocar.reference.store import Store

# As X12 numbers them: 1 to 999 or a letter and digits; remarks are M, MA or N and digits.
_SHAPES = {"CARC": re.compile(r"[1-9][0-9]{0,2}|[A-Z][0-9]{1,2}"), "RARC": re.compile(r"(?:MA?|N)[1-9][0-9]{0,3}")}
_EXAMPLES = {"CARC": "97", "RARC": "N519"}
_GROUP = re.compile(r"(?:CO|CR|OA|PI|PR)[- ]?(?=[A-Z0-9])")


@dataclass(frozen=True, slots=True)
class ReasonCodes:
    """Days in use of the reason codes of a store, by kind and code; empty where the store has none."""

    periods: Mapping[tuple[str, str], tuple[date | None, date | None]] = field(default_factory=dict)

    @classmethod
    def from_store(cls, store: Store) -> Self:
        """The codes of the store's ``reason_code`` table."""
        rows = store.table("reason_code").select(["kind", "code", "first", "last"]).to_pylist()
        return cls({(row["kind"], row["code"]): (row["first"], row["last"]) for row in rows})

    def carc(self, text: str, month: date) -> str:
        """The adjustment reason code, without a group code before it (CO-97 is 97); raises ``ReportError``."""
        return self._parse("CARC", _GROUP.sub("", text.strip().upper(), count=1), month)

    def rarc(self, text: str, month: date) -> str:
        """The remark code; raises ``ReportError``."""
        return self._parse("RARC", text.strip().upper(), month)

    def _parse(self, kind: str, code: str, month: date) -> str:
        if not _SHAPES[kind].fullmatch(code):
            raise ReportError(
                f"this is not a {kind}", where=kind.lower(), remedy=f"Write it as on the remittance: {_EXAMPLES[kind]}"
            )
        if any(known == kind for known, _ in self.periods):
            if (kind, code) not in self.periods:
                raise ReportError(
                    f"{kind} {code} is not in the published list", where=kind.lower(), remedy="Check the remittance"
                )
            _, last = self.periods[kind, code]
            if last is not None and last < month:
                raise ReportError(
                    f"{kind} {code} ended on {last}", where=kind.lower(), remedy="Check the code and the month"
                )
        return code
