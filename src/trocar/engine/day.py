"""The ``day`` subject: one code on one claim-day, its units summed over the lines."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from trocar.engine.line import Line
from trocar.engine.lines import Column
from trocar.engine.neighbours import Indices


class Day:
    """Claim x date x code. ``group`` is each line's position here; ``first_line`` a line to take facts from."""

    def __init__(self, line: Line) -> None:
        self.line = line
        code = line.lines.hcpcs.numbers.astype(np.int64)
        key = line.lines.claim_day.astype(np.int64) * (int(code.max(initial=0)) + 1) + code
        _, self.first_line, self.group = np.unique(key, return_index=True, return_inverse=True)

    def __len__(self) -> int:
        return len(self.first_line)

    @cached_property
    def units(self) -> Indices:
        """Units of the code on the day, all lines and modifiers together."""
        total = np.zeros(len(self), np.int64)
        np.add.at(total, self.group, self.line.lines.units)
        return total

    @cached_property
    def mue_value(self) -> Column:
        """Units allowed, -1 where there is no published value."""
        return self.line.mue_value[self.first_line]

    @cached_property
    def mue_adjudication(self) -> Column:
        """MUE adjudication indicator of the code."""
        return self.line.mue_adjudication[self.first_line]
