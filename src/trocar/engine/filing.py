"""When a claim was received, against the last day on which it could be."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.keys import UNDATED
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column


class Filing:
    """The receipt of each line's claim; lines that give no day of receipt say nothing."""

    def __init__(self, line: Line) -> None:
        self.line = line

    @once
    def received(self) -> Column:
        """The day of receipt as days since 1970-01-01, UNDATED where none was given."""
        return self.line.lines.numbers("received_date", UNDATED, np.int64)

    @once
    def last_day(self) -> Column:
        """The same day of the next calendar year: the last one in time; 28 February for a service on 29 February."""
        day = self.line.lines.day.astype("datetime64[D]")
        month = day.astype("datetime64[M]")
        next_year = month + np.timedelta64(12, "M")
        end_of_month = (next_year + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        same_day = next_year.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
        return np.minimum(same_day, end_of_month).astype(np.int64)

    @once
    def _told(self) -> Bools:
        return self.received != UNDATED

    @once
    def late(self) -> Bools:
        """Received after the last day."""
        return self._told & (self.received > self.last_day) if np.count_nonzero(self._told) else self._told

    @once
    def before_service(self) -> Bools:
        """Received before the service was furnished."""
        return self._told & (self.received < self.line.lines.day)
