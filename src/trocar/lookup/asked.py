"""A question about some codes on a day: the codes checked against the store, and what every answer needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from trocar.core.codes import Hcpcs
from trocar.core.errors import UsageError
from trocar.core.period import day_number
from trocar.engine.in_force import NONE
from trocar.engine.pack import Column, Pack
from trocar.lookup.statement import Statement
from trocar.reference.store import Store

TITLES = {
    "schedule": "physician fee schedule",
    "ncci_ptp": "NCCI PTP",
    "mue": "MUE",
    "addon": "add-on code",
    "opps_status": "OPPS addendum B",
}
SETTINGS = ("practitioner", "hospital")
OUTSIDE_SCOPE = "outside the starter pack; load the rest: trocar data build DIR -o STORE --accept-ama-license"
# How many near codes an error offers.
_SUGGESTIONS = 4


@dataclass(frozen=True)
class Asked:
    """One store, one day."""

    pack: Pack
    store: Store
    day: date

    @cached_property
    def days(self) -> Column:
        """The day as the kernel counts it, in an array of one."""
        return np.array([day_number(self.day)], np.int32)

    def number(self, code: str) -> int:
        """The code's number in the pack, -1 where the store has never seen it."""
        return int(self.pack.code_numbers([code])[0])

    def in_scope(self, code: str) -> bool:
        """Whether the store answers for the code (always, for a full store)."""
        number = self.number(code)
        return not self.pack.catalog.scope or (number >= 0 and bool(self.pack.in_scope()[number]))

    def checked(self, text: str) -> str:
        """The normalised code; raises for a wrong shape, and for a code a full store has never seen."""
        code = str(Hcpcs.parse(text, where=text))
        if self.in_scope(code) and self.number(code) == NONE:
            raise UsageError(
                f"no release in the store has the code {code}",
                where=text,
                remedy=f"Near it: {', '.join(self._near(code))}. Check the code on the claim.",
            )
        return code

    def _near(self, code: str) -> list[str]:
        """Held codes that one wrong character would make of it, else its neighbours in the code set."""
        held = self.pack.codes.view(np.uint8).reshape(-1, 5)
        written = np.frombuffer(code.encode(), np.uint8)
        slips = np.flatnonzero((held != written).sum(axis=1) == 1)
        # A slip late in the code stays in its neighbourhood.
        late = sorted(slips.tolist(), key=lambda at: -int(np.argmax(held[at] != written)))[:_SUGGESTIONS]
        place = int(np.searchsorted(self.pack.codes, code.encode()))
        around = range(max(place - _SUGGESTIONS // 2, 0), min(place + _SUGGESTIONS // 2, len(held)))
        return sorted(self.pack.codes[at].decode() for at in late or around)

    @property
    def within(self) -> str:
        """What a count over all codes must confess when the store holds few of them."""
        return " within the starter pack" if self.pack.catalog.scope else ""

    def release(self, table: str, *, recorded_later: bool = False) -> int:
        """The ordinal of the release that answers on the day, -1 where none does."""
        calendar = self.pack.calendars[table]
        return int((calendar.on_or_recorded_later if recorded_later else calendar.on)(self.days)[0])

    def release_name(self, table: str, ordinal: int) -> str:
        """The publisher's release of an ordinal."""
        return self.pack.calendars[table].releases[ordinal].release

    def pinned(self, subject: str, *tables: str) -> list[Statement]:
        """The pinned releases among some tables that are not in force on the day: a default confesses itself."""
        answer = []
        for table in tables:
            calendar = self.pack.calendars[table]
            if out := calendar.left_out():
                says = f"{table}{self.pack.clock}: {out}"
                answer.append(Statement(subject, "published", says, {"table": table, "left_out": out}))
            if calendar.is_pinned and self.day not in (file := calendar.releases[self.release(table)]).period:
                says = f"{file.release} of {table} pinned: it is not in force on {self.day.isoformat()}"
                answer.append(Statement(subject, "pinned", says, {"table": table, "release": file.release}))
        return answer

    def no_release(self, table: str) -> str:
        """The sentence that says that no release of a table answers."""
        family = table.removesuffix("_practitioner").removesuffix("_hospital")
        setting = table[len(family) + 1 :]
        of_setting = f" ({setting})" if setting else ""
        return f"no {TITLES[family]}{of_setting} release in the store{self.pack.clock} covers {self.day.isoformat()}"

    def no_schedule(self, code: str) -> str:
        """Why the store can't say whether the day's schedule has a code; empty where it can."""
        if not self.in_scope(code):
            return f"{code} is {OUTSIDE_SCOPE}"
        return self.no_release("schedule") if self.release("schedule") < 0 else ""

    def rationales(self, table: str, rows: Sequence[int]) -> list[str]:
        """Why the publisher set the limits or edits of some rows, in its own few words."""
        texts = self.pack.column(table, "rationales")
        return [str(texts[number]) for number in self.pack.column(table, "rationale")[list(rows)]]
