"""Rows of the store that a citation of knowledge names: of the day's release, else of the nearest that has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.cite import Citation
from trocar.core.period import OPEN_END, day_from_number, day_number
from trocar.engine.in_force import NONE
from trocar.engine.keys import CODE_BITS, COMPONENTS, NO_CODE, UNDATED, release_key
from trocar.engine.pack import SETTINGS, Pack, positions
from trocar.reference.catalog import CatalogFile
from trocar.reference.store import Store

_OPEN = day_number(OPEN_END)
_TITLES = {
    "schedule": "the fee schedule",
    "mue": "the unit limits",
    "addon": "the add-on table",
    "ncci_ptp": "the edit table",
    "opps_status": "OPPS addendum B",
    "icd10": "ICD-10-CM",
    "taxonomy": "the NUCC taxonomy",
    "reason_code": "the reason codes",
}
_ONE_CODE = (1 << CODE_BITS) - 1


@dataclass(frozen=True, slots=True)
class Found:
    """The rows, what they say in short, and a note where they are of another release than the day's, or missing."""

    citations: tuple[Citation, ...] = ()
    says: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one store, looked for from one day of service."""

    pack: Pack
    store: Store
    day: date

    def schedule(self, code: str) -> Found:
        """The fee schedule row of a code and of its components."""
        number = self._number(code)
        rest = number * len(COMPONENTS) if number >= 0 else NONE
        return self._of_release("schedule", rest, len(COMPONENTS) - 1, f"the rows of {code} in the fee schedule")

    def mue(self, code: str) -> Found:
        """The unit limits of a code in both settings."""
        found = [
            self._of_release(f"mue_{setting}", self._number(code), 0, f"the unit limits of {code}")
            for setting in SETTINGS
        ]
        held = [each for each in found if each.citations] or found[:1]
        citations = tuple(citation for each in held for citation in each.citations)
        return Found(citations, held[0].says, "; ".join(dict.fromkeys(each.note for each in held if each.note)))

    def opps_status(self, code: str) -> Found:
        """The row of a code in OPPS addendum B."""
        return self._of_release("opps_status", self._number(code), 0, f"the row of {code} in OPPS addendum B")

    def addon(self, addon: str, primary: str | None = None) -> Found:
        """Where a code is listed as an add-on code, with one primary if one is given; else where it is a primary."""
        one, two = self._number(addon), self._number(primary) if primary else 0
        if one < 0 or two < 0:
            return self._absent("addon", addon)
        if primary:
            says = f"{addon} as an add-on code with the primary {primary}"
            return self._of_release("addon", (one << CODE_BITS) | two, 0, says)
        found = self._of_release("addon", one << CODE_BITS, _ONE_CODE, f"the rows of {addon} as an add-on code")
        return found if found.citations else self._as_primary(addon, one)

    def _as_primary(self, code: str, number: int) -> Found:
        rows = np.flatnonzero((self.pack.column("addon", "key") & NO_CODE) == number)
        if not len(rows):
            return self._absent("addon", code)
        return Found(self._cite("addon", rows.tolist()), f"the rows of {code} as a primary of add-on codes")

    def ncci_ptp(self, column_1: str, column_2: str) -> Found:
        """The edit of an ordered pair, in force or ended: the practitioners' table, else the hospitals'."""
        one, two = self._number(column_1), self._number(column_2)
        found = self._absent("ncci_ptp", f"{column_1}/{column_2}")
        if one < 0 or two < 0:
            return found
        for setting in SETTINGS:
            table = f"ncci_ptp_{setting}"
            ordinal, first, count, note = self._nearest(table, (one << CODE_BITS) | two, 0)
            if ordinal != NONE:
                rows = range(first, first + count)
                spans = "; ".join(self._edit_in_words(table, row) for row in rows)
                says = f"edit {column_1}/{column_2} ({setting}): {spans}"
                return Found(self._cite(table, list(rows)), says, note)
        return found

    def _edit_in_words(self, table: str, row: int) -> str:
        effective = int(self.pack.column(table, "effective")[row])
        deletion = int(self.pack.column(table, "deletion")[row])
        indicator = int(self.pack.column(table, "modifier_indicator")[row])
        first = "first day not in the file" if effective == UNDATED else f"from {day_from_number(effective)}"
        last = "" if deletion == _OPEN else f" to {day_from_number(deletion)}"
        return f"indicator {indicator}, {first}{last}"

    def taxonomy(self, code: str) -> Found:
        """The NUCC row of a taxonomy code."""
        return self._of_code_set("taxonomy", code, f"taxonomy code {code}")

    def icd10(self, code: str) -> Found:
        """The row of a diagnosis in the ICD-10-CM order file."""
        return self._of_code_set("icd10", code, f"diagnosis {code}")

    def reason_code(self, code: str) -> Found:
        """The row of an adjustment reason or remark code."""
        file_id, line = _reason_rows(self.store).get(code, (NONE, NONE))
        if file_id == NONE:
            return self._absent("reason_code", code)
        file = next(file for file in self.pack.catalog.files if file.file_id == file_id)
        note = "" if self.day in file.period else self._other_day("reason_code", file)
        return Found((file.cite(line),), f"reason code {code}", note)

    def _number(self, code: str) -> int:
        return int(self.pack.code_numbers([code])[0])

    def _absent(self, table: str, what: str) -> Found:
        scope = " (the starter pack holds few codes)" if self.pack.catalog.scope else ""
        return Found(note=f"no release of {_title(table)} in the store has {what}{scope}")

    def _cite(self, table: str, rows: list[int]) -> tuple[Citation, ...]:
        return tuple(self.pack.cite(table, row) for row in rows)

    def _of_release(self, table: str, rest: int, span: int, says: str) -> Found:
        """The rows whose key rest lies in ``rest..rest + span``, in the nearest release that has any."""
        ordinal, first, count, note = self._nearest(table, rest, span)
        if ordinal == NONE:
            return self._absent(table, says)
        return Found(self._cite(table, list(range(first, first + count))), says, note)

    def _nearest(self, table: str, rest: int, span: int) -> tuple[int, int, int, str]:
        """Ordinal of the nearest release with such rows (-1: none), its first row, their number, and the note."""
        releases = len(self.pack.calendars[table].releases)
        if rest < 0 or not releases:
            return NONE, NONE, 0, ""
        keys = release_key(np.arange(releases), np.full(releases, rest))
        first, count = self.pack.rows_between(table, keys, span)
        ordinal = self._nearest_release(table, lambda at: int(count[at]) > 0)
        if ordinal == NONE:
            return NONE, NONE, 0, ""
        return ordinal, int(first[ordinal]), int(count[ordinal]), self._note(table, ordinal)

    def _nearest_release(self, table: str, has: Callable[[int], bool]) -> int:
        """The day's release if it has the rows, else the last one before the day, else the first one after it."""
        calendar = self.pack.calendars[table]
        own = self._own_release(table)
        earlier = [at for at, file in enumerate(calendar.releases) if file.first <= self.day]
        later = [at for at, file in enumerate(calendar.releases) if file.first > self.day]
        for ordinal in ([own] if own != NONE else []) + earlier[::-1] + later:
            if has(ordinal):
                return ordinal
        return NONE

    def _own_release(self, table: str) -> int:
        return int(self.pack.calendars[table].on(np.array([day_number(self.day)], np.int32))[0])

    def _note(self, table: str, ordinal: int) -> str:
        """The words for a row that is not of the release in force on the day."""
        own = self._own_release(table)
        if own == ordinal:
            return ""
        releases = self.pack.calendars[table].releases
        if own == NONE:
            return self._other_day(table, releases[ordinal])
        return f"not in {releases[own].release}, in force on {self.day}; {_of_file(releases[ordinal])}"

    def _other_day(self, table: str, file: CatalogFile) -> str:
        return f"no release of {_title(table)} in the store covers {self.day}; {_of_file(file)}"

    def _of_code_set(self, table: str, code: str, says: str) -> Found:
        at = int(positions(self.pack.column(table, "codes"), [code])[0])
        if at < 0:
            return self._absent(table, says)
        lines = self.pack.column(table, "lines")
        ordinal = self._nearest_release(table, lambda release: int(lines[release, at]) > 0)
        cited = self.pack.cite_line(int(self.pack.column(table, "files")[ordinal, at]), int(lines[ordinal, at]))
        return Found((cited,), says, self._note(table, ordinal))


def _of_file(file: CatalogFile) -> str:
    return f"the row is of {file.release} ({file.first} to {file.last})"


def _title(table: str) -> str:
    """The table in words; the setting of those that come by setting in brackets."""
    family, _, setting = table.rpartition("_")
    return f"{_TITLES[family]} ({setting})" if setting in SETTINGS else _TITLES[table]


@lru_cache(maxsize=4)
def _reason_rows(store: Store) -> dict[str, tuple[int, int]]:
    """File and line of every adjustment reason and remark code of a store."""
    table: pa.Table = store.table("reason_code")
    table = table.filter(pc.is_in(table["kind"], value_set=pa.array(["CARC", "RARC"])))
    columns = (table[name].to_pylist() for name in ("code", "file_id", "line"))
    return {code: (file_id, line) for code, file_id, line in zip(*columns, strict=True)}
