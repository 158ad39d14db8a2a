"""Postoperative periods of a patient's operations, as the same practitioner's later lines see them."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.distinct import numbered
from trocar.engine.in_force import NONE
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices

GLOBAL_DAYS = {b"010": 10, b"090": 90}
# Who carries these did not take the care afterwards: surgery alone, before or after it alone, assisting.
NOT_THE_WHOLE_CARE = ("54", "55", "56", "80", "81", "82", "AS")
_LONG = 1 << 20


class History:
    """Billed lines of a known patient with a known practitioner who operated, across claims and days.

    An operation with 10 or 90 global days covers the days after it, to that number; the days of the batch alone are
    known. A line without patient or practitioner belongs to no history.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        lines = line.lines
        patient, npi = lines.texts("patient_id").numbers, line.practitioner
        known = (patient > 0) & (npi > 0) & lines.is_practitioner & lines.billed
        first_day, last_day = lines.days
        # Most claims hold no operation, or no later day.
        if first_day == last_day or not np.count_nonzero(known & (self.days_covered > 0)):
            known = np.zeros(len(line), np.bool_)
        # Only a patient who was operated on has a history.
        has_operation = np.zeros(int(patient.max(initial=0)) + 1, np.bool_)
        has_operation[patient[known & (self.days_covered > 0)]] = True
        (at,) = (known & has_operation[patient]).nonzero()
        group = numbered((patient[at].astype(np.int64) << 32) | npi[at])
        covers = self.days_covered[at] > 0
        operated = np.zeros(int(group.max(initial=NONE)) + 1, np.bool_)
        operated[group[covers]] = True
        kept = operated[group]
        self.lines: Indices = at[kept]
        self._group = group[kept]
        self._order = np.lexsort((line.lines.day[self.lines], self._group))

    @once
    def days_covered(self) -> Indices:
        """Days after the line that its own global period covers; 0 where it covers none."""
        whole = ~self.line.lines.has(*NOT_THE_WHOLE_CARE) & ~self.line.denied
        days = np.zeros(len(self.line), np.int64)
        for period, length in GLOBAL_DAYS.items():
            days[whole & self.line.global_days_are(period)] = length
        return days

    @once
    def after_operation(self) -> Bools:
        """An earlier day's operation on the patient by the practitioner covers the day of the line."""
        answer = np.zeros(len(self.line), np.bool_)
        at = self.lines[self._order]
        if not len(at):
            return answer
        day = self.line.lines.day[at].astype(np.int64)
        since = day - day.min()
        base = self._group[self._order] * _LONG
        covered = self.days_covered[at]
        through = np.maximum.accumulate(base + np.where(covered > 0, since + covered + 1, 0))
        # What stands before the first line of a group's day: earlier days, or another group's smaller numbers.
        before = np.concatenate([[NONE], through])[np.searchsorted(base + since, base + since)]
        answer[at] = before > base + since
        return answer

    def operation_of(self, line: int) -> int:
        """The latest operation whose global period covers a line's day."""
        mine = self.lines[self._group == self._group[np.searchsorted(self.lines, line)]]
        day = self.line.lines.day
        ends = day[mine] + self.days_covered[mine]
        earlier = mine[(day[mine] < day[line]) & (self.days_covered[mine] > 0) & (ends >= day[line])]
        return int(earlier[np.argmax(day[earlier])])
