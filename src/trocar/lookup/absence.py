"""The proof that no edit stands between two codes: what was searched, and what stands around the empty place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from trocar.core.cite import Citation
from trocar.core.period import OPEN_END, day_from_number, day_number
from trocar.engine.keys import CODE_BITS, NO_CODE, UNDATED, release_key
from trocar.lookup.asked import SETTINGS, Asked
from trocar.lookup.statement import Statement

_OPEN = day_number(OPEN_END)
_NEVER_ACTIVE = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a PTP table; ``first`` and ``last`` as in the file, None where it has none."""

    column_1: str
    column_2: str
    setting: str
    release: str
    indicator: int
    first: str | None
    last: str | None
    citation: Citation

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "column_1": self.column_1,
            "column_2": self.column_2,
            "setting": self.setting,
            "release": self.release,
            "indicator": self.indicator,
            "first": self.first,
            "last": self.last,
            "citation": self.citation.to_dict(),
        }

    def __str__(self) -> str:
        if self.indicator == _NEVER_ACTIVE:
            days = "never active"
        else:
            days = f"until {self.last}" if self.last else "not deleted"
        return f"{self.column_1}/{self.column_2} ({self.setting}, {self.release}: {days}, line {self.citation.line})"


class Absence:
    """Searches for edits between pairs of codes in every PTP table held, for one day and setting."""

    def __init__(self, asked: Asked, setting: str) -> None:
        self.asked = asked
        self.setting = setting

    def proof(self, one: str, two: str) -> Statement:
        """That no edit with ``one`` in column 1 and ``two`` in column 2 is in force by the table that answers."""
        table, ordinal = self._answering
        around = list(self._around(table, ordinal, one, two))
        found = [row for setting in self._settings() for row in self._rows(setting, one, two)]
        reverse = [row for setting in self._settings() for row in self._rows(setting, two, one)]
        values = {
            "searched": self.searched,
            "neighbours": {place: row.to_dict() if row else None for place, row in around},
            "deleted": [row.to_dict() for row in found if self._is_own(row)],
            "elsewhere": [row.to_dict() for row in found if not self._is_own(row)],
            "reverse": [row.to_dict() for row in reverse],
        }
        shown = [row for _, row in around if row] + found + reverse
        says = self._in_words(dict(around), found, reverse, f"{two}/{one}")
        return Statement(f"{one}/{two}", "absence", says, values, tuple(dict.fromkeys(row.citation for row in shown)))

    def _settings(self) -> tuple[str, ...]:
        """The setting asked about, then the other."""
        return (self.setting, *(setting for setting in SETTINGS if setting != self.setting))

    @cached_property
    def _answering(self) -> tuple[str, int]:
        table = f"ncci_ptp_{self.setting}"
        return table, self.asked.release(table, recorded_later=True)

    def _is_own(self, row: Row) -> bool:
        table, ordinal = self._answering
        return (row.setting, row.release) == (self.setting, self.asked.release_name(table, ordinal))

    @cached_property
    def searched(self) -> list[dict[str, Any]]:
        """Every release of both tables: its rows, and the pairs in force on the day, or on its last day if earlier
        or later than its quarter; ``answers`` for the one that decides."""
        answer = []
        for setting in self._settings():
            table = f"ncci_ptp_{setting}"
            for ordinal, file in enumerate(self.asked.pack.calendars[table].releases):
                answers = (table, ordinal) == self._answering
                on = self.asked.day if answers or self.asked.day in file.period else file.last
                start, end = self._block(table, ordinal)
                answer.append(
                    {
                        "setting": setting,
                        "release": file.release,
                        "file": file.file,
                        "sha256": file.sha256,
                        "first": file.first.isoformat(),
                        "last": file.last.isoformat(),
                        "rows": end - start,
                        "in_force": self._in_force(table, slice(start, end), day_number(on)),
                        "in_force_on": on.isoformat(),
                        "answers": answers,
                    }
                )
        return answer

    def _block(self, table: str, ordinal: int) -> tuple[int, int]:
        """First row, and the row after the last, of a release."""
        keys = self.asked.pack.column(table, "key")
        start, end = keys.searchsorted(release_key(np.array([ordinal, ordinal + 1]), np.array([0, 0]))).tolist()
        return start, end

    def _in_force(self, table: str, rows: slice, day: int) -> int:
        """Rows in force on a day; one without its first day counts, for the table is of that day."""
        column = self.asked.pack.column
        live = column(table, "modifier_indicator")[rows] != _NEVER_ACTIVE
        live &= (column(table, "effective")[rows] <= day) & (day <= column(table, "deletion")[rows])
        return int(np.count_nonzero(live))

    def _around(self, table: str, ordinal: int, one: str, two: str) -> Iterator[tuple[str, Row | None]]:
        """The rows before and after the place of the pair in the sorted keys of the release."""
        start, end = self._block(table, ordinal)
        keys = self.asked.pack.column(table, "key")
        wanted = self._key(ordinal, one, two)
        before, after = int(keys.searchsorted(wanted)) - 1, int(keys.searchsorted(wanted, side="right"))
        yield "before", self._row(table, before) if before >= start else None
        yield "after", self._row(table, after) if after < end else None

    def _key(self, ordinal: int, one: str, two: str) -> Any:
        rest = (self.asked.number(one) << CODE_BITS) | self.asked.number(two)
        return release_key(np.array([ordinal]), np.array([rest]))[0]

    def _rows(self, setting: str, one: str, two: str) -> Iterator[Row]:
        """The rows of the pair in every release of a setting's table."""
        table = f"ncci_ptp_{setting}"
        keys = self.asked.pack.column(table, "key")
        for ordinal in range(len(self.asked.pack.calendars[table].releases)):
            wanted = self._key(ordinal, one, two)
            for row in range(int(keys.searchsorted(wanted)), int(keys.searchsorted(wanted, side="right"))):
                yield self._row(table, row)

    def _row(self, table: str, row: int) -> Row:
        pack = self.asked.pack
        key = int(pack.column(table, "key")[row])
        effective, deletion = (int(pack.column(table, name)[row]) for name in ("effective", "deletion"))
        citation = pack.cite(table, row)
        return Row(
            pack.codes[(key >> CODE_BITS) & NO_CODE].decode(),
            pack.codes[key & NO_CODE].decode(),
            table.removeprefix("ncci_ptp_"),
            citation.release,
            int(pack.column(table, "modifier_indicator")[row]),
            None if effective == UNDATED else day_from_number(effective).isoformat(),
            None if deletion == _OPEN else day_from_number(deletion).isoformat(),
            citation,
        )

    def _in_words(self, around: dict[str, Row | None], found: list[Row], reverse: list[Row], reversed_pair: str) -> str:
        tables = "; ".join(
            f"{one['release']} {one['setting']}: {one['rows']:,} rows, {one['in_force']:,} pairs in force on "
            f"{one['in_force_on']}"
            for one in self.searched
        )
        before, after = around["before"], around["after"]
        place = f"its place is after {before or 'the start'} and before {after or 'the end'}"
        own = [row for row in found if self._is_own(row)]
        elsewhere = [row for row in found if not self._is_own(row)]
        return (
            f"searched{self.asked.within} {tables}; {place}; {_listed('deleted', own)}; "
            f"{_listed('in other tables', elsewhere)}; {_listed(f'reverse {reversed_pair}', reverse)}"
        )


def _listed(title: str, rows: list[Row]) -> str:
    return f"{title}: {', '.join(map(str, rows)) or 'none'}"
