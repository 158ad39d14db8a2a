"""The ``day`` subject: for each line, its code's units of the same practitioner on the same claim-day."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.line import Line
from trocar.engine.lines import Column
from trocar.engine.neighbours import Indices, Neighbours


class Day:
    """The day of a code as each line sees it: one entry per line, itself its ``group``.

    A line without a practitioner counts with any, so that the lines of a code need not fall into groups: one of an
    unknown practitioner counts with two others that do not count with each other. The professional and the technical
    component of a code are parts of one service: their lines are summed apart (no file or manual settles it; see
    docs/differences.md).
    """

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        code, component = line.lines.hcpcs.numbers, line.component
        left, right = neighbours.left, neighbours.right
        together = (code[left] == code[right]) & (component[left] == component[right])
        self._same = np.flatnonzero(together & line.lines.same_practitioner)
        self._neighbours = neighbours
        self.group: Indices = np.arange(len(line), dtype=np.int64)

    def __len__(self) -> int:
        return len(self.group)

    @once
    def units(self) -> Indices:
        """Units of the code on the day, all lines and modifiers together."""
        units = self.line.lines.units
        total = units.copy()
        np.add.at(total, self._neighbours.left[self._same], units[self._neighbours.right[self._same]])
        return total

    @once
    def mue_value(self) -> Column:
        """Units allowed, -1 where there is no published value."""
        return self.line.mue_value

    @once
    def mue_adjudication(self) -> Column:
        """MUE adjudication indicator of the code."""
        return self.line.mue_adjudication
