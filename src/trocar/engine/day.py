"""The ``day`` subject: one code of one practitioner on one claim-day, its units summed over the lines."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from trocar.engine.line import Line
from trocar.engine.lines import Column
from trocar.engine.neighbours import Indices, Neighbours


class Day:
    """Claim x date x code x practitioner. ``group`` is each line's position; ``first_line`` a line to take facts from.

    A line without a practitioner counts with any. The professional and the technical component of a code are parts
    of one service: their lines are summed apart (no file or manual settles it; see docs/differences.md).
    """

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        code, component, who = line.lines.hcpcs.numbers, line.component, line.practitioner
        left, right = neighbours.left, neighbours.right
        together = (code[left] == code[right]) & (component[left] == component[right])
        together &= (who[left] == who[right]) | (who[left] == 0) | (who[right] == 0)
        self._same = np.flatnonzero(together)
        self._neighbours = neighbours
        first = np.arange(len(line), dtype=np.int64)
        np.minimum.at(first, neighbours.left[self._same], neighbours.right[self._same])
        self.first_line: Indices = np.flatnonzero(first == np.arange(len(line)))
        position = np.empty(len(line), np.int64)
        position[self.first_line] = np.arange(len(self.first_line))
        self.group: Indices = position[first]

    def __len__(self) -> int:
        return len(self.first_line)

    @cached_property
    def units(self) -> Indices:
        """Units of the code on the day, all lines and modifiers together."""
        units = self.line.lines.units
        total = units.copy()
        np.add.at(total, self._neighbours.left[self._same], units[self._neighbours.right[self._same]])
        return total[self.first_line]

    @cached_property
    def mue_value(self) -> Column:
        """Units allowed, -1 where there is no published value."""
        return self.line.mue_value[self.first_line]

    @cached_property
    def mue_adjudication(self) -> Column:
        """MUE adjudication indicator of the code."""
        return self.line.mue_adjudication[self.first_line]
