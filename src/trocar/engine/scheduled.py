"""What the fee schedule says of each line's code: its rows by component, their columns, indicators, periods."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trocar.core.once import once
from trocar.engine.distinct import distinct
from trocar.engine.keys import COMPONENTS, release_key
from trocar.engine.lines import Bools, Column, Lines
from trocar.engine.pack import Pack, Rows
from trocar.reference.law import Law

Numbers = NDArray[np.int64]
# Comparing with an array is cheaper than with a number, of which NumPy makes one each time.
_CHARACTERS = [np.array(number, np.uint8) for number in range(1 << 7)]


def _any_equal(column: Column, first: Any, *others: Any) -> Bools:
    """Whether each entry of a column is one of some values; who asked before shares the array."""
    answer: Bools = column == first
    for value in others:
        answer |= column == value
    answer.flags.writeable = False
    return answer


class Scheduled:
    """Lines of a batch in canonical order against one pack and one law: what the fee schedule says of their codes."""

    def __init__(self, lines: Lines, pack: Pack, law: Law) -> None:
        self.lines = lines
        self.pack = pack
        self.law = law

    def __len__(self) -> int:
        return len(self.lines)

    @once
    def code(self) -> NDArray[np.int32]:
        """Code number in the pack, -1 for a code the store has never seen."""
        texts = self.lines.hcpcs
        return self.pack.code_numbers(texts.values)[texts.numbers]

    @once
    def in_scope(self) -> Bools:
        """The store answers for this code (always, for a full store)."""
        if not self.pack.catalog.scope:
            return np.ones(len(self), np.bool_)
        known = self.code >= 0
        return known & self.pack.in_scope()[np.where(known, self.code, 0)]

    @once
    def schedule_release(self) -> NDArray[np.int16]:
        """Fee schedule release in force on the day."""
        return self.pack.calendars["schedule"].on(self.lines.day)

    @once
    def component(self) -> NDArray[np.int8]:
        """The component billed: 0 global, 1 professional (26), 2 technical (TC), 3 discontinued (53)."""
        slot = np.zeros(len(self), np.int8)
        discontinued = self.lines.has("53")
        if np.count_nonzero(discontinued):
            slot[discontinued & (self._schedule_row(3) >= 0)] = 3
        slot[self.lines.has("TC")] = 2
        slot[self.lines.has("26")] = 1
        return slot

    @once
    def _service_rows(self) -> tuple[Rows, Numbers]:
        """Schedule rows of each code and release asked for, one column per component, and which of them a line is."""
        first = release_key(self.schedule_release, self.code.astype(np.int64) * len(COMPONENTS))
        asked, which = distinct(first)
        return self.pack.rows_of("schedule", asked[:, None] + np.arange(len(COMPONENTS))), which

    def _schedule_row(self, component: Any) -> Rows:
        rows, which = self._service_rows
        return rows.ravel().take(which * len(COMPONENTS) + component)

    @once
    def row(self) -> Rows:
        """Schedule row of the code with its billed component; the row that is priced."""
        return self._schedule_row(self.component)

    @once
    def global_row(self) -> Rows:
        """Schedule row of the code without component."""
        return self._schedule_row(0)

    @once
    def professional_row(self) -> Rows:
        """Schedule row of the 26 component."""
        return self._schedule_row(1)

    @once
    def technical_row(self) -> Rows:
        """Schedule row of the TC component."""
        return self._schedule_row(2)

    def of_row(self, name: str, rows: Rows, missing: Any = 0) -> Column:
        """A schedule column at some rows; ``missing`` where there is no row.

        At the rows that are priced it is an array for reading: who asked before shares it.
        """
        if rows is not self.row:
            return self.pack.values_at("schedule", name, rows, missing)
        if (name, missing) not in self._of_row:
            self._of_row[name, missing] = self.pack.values_at("schedule", name, rows, missing)
            self._of_row[name, missing].flags.writeable = False
        return self._of_row[name, missing]

    @once
    def _of_row(self) -> dict[tuple[str, Any], Column]:
        return {}

    def says(self, name: str) -> Bools:
        """Whether a yes-or-no column of the schedule says yes at the row that is priced."""
        return self.of_row(name, self.row).astype(np.bool_, copy=False)

    def has_effect(self, *effects: str) -> Bools:
        """The line carries a modifier of some effect classes (an array for reading, as of ``indicator_is``)."""
        if effects not in self._effects:
            self._effects[effects] = self.lines.has_any(self.law.modifiers_with(*effects))
        return self._effects[effects]

    @once
    def _effects(self) -> dict[tuple[str, ...], Bools]:
        return {}

    @once
    def modifier_unknown(self) -> Bools:
        """The line carries a modifier that the law table does not have."""
        return self.lines.has_any(self.lines.modifiers_present.difference(self.law.modifiers))

    def indicator(self, name: str) -> Column:
        """A one-character schedule indicator of the code as ASCII numbers (0 no row).

        Taken from the billed component's row, else from the global row.
        """
        if name not in self._indicators:
            self._indicators[name] = self.of_row(name, self._indicator_row)
        return self._indicators[name]

    @once
    def _indicator_row(self) -> Rows:
        return np.where(self.row >= 0, self.row, self.global_row)

    @once
    def _indicators(self) -> dict[str, Column]:
        return {}

    def indicator_is(self, name: str, values: str) -> Bools:
        """Whether a schedule indicator of the code is one of some characters (an array for reading, as of ``has``)."""
        if (name, values) not in self._indicated:
            self._indicated[name, values] = _any_equal(self.indicator(name), *(_CHARACTERS[ord(one)] for one in values))
        return self._indicated[name, values]

    @once
    def _indicated(self) -> dict[tuple[str, str], Bools]:
        return {}

    @once
    def code_known(self) -> Bools:
        """The code has a schedule row in force on the day (a few interpretations have the 26 row alone)."""
        return (self.global_row >= 0) | (self.professional_row >= 0)

    @once
    def global_days(self) -> Column:
        """Global period of the code (000 010 090 MMM XXX YYY ZZZ)."""
        return self.of_row("global_days", self.global_row, b"")

    def global_days_are(self, *periods: bytes) -> Bools:
        """Whether the global period of the code is one of some (an array for reading, as of ``indicator_is``)."""
        for period in periods:
            if period not in self._periods:
                self._periods[period] = _any_equal(self.global_days, period)
        return reduce(or_, [self._periods[period] for period in periods])

    @once
    def _periods(self) -> dict[bytes, Bools]:
        return {}

    @once
    def supervision(self) -> Column:
        """Level of supervision that the technical component needs (01 general, 02 direct, 03 personal, 09 none)."""
        return self.of_row("supervision", np.where(self.technical_row >= 0, self.technical_row, self.global_row), b"")
