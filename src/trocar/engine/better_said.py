"""Hints of each line that another code says better what was done (``law.use_instead``)."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.core.period import OPEN_END, day_number
from trocar.engine.in_force import NONE
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices, Neighbours
from trocar.reference.law import UseInstead


class BetterSaid:
    """For each line the first hint in force on its day, by code and by what stands beside it on the claim-day."""

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        self.neighbours = neighbours

    @once
    def _found(self) -> tuple[Indices, Indices]:
        """The hint of each line, and the line beside it that the hint is about."""
        hints = self.line.law.use_instead
        hint, beside = np.full(len(self.line), NONE, np.int64), np.full(len(self.line), NONE, np.int64)
        billed = self.line.lines.hcpcs.is_in({one.billed for one in hints})
        (alone,) = billed.nonzero()
        if not len(alone):
            return hint, beside
        (paired,) = billed[self.neighbours.left].nonzero()
        left, right = self.neighbours.left[paired], self.neighbours.right[paired]
        present = set(self.line.lines.hcpcs.values)
        for position, one in enumerate(hints):
            if one.billed not in present:
                continue
            if one.beside or one.needle_procedure_only:
                met = self._in_force(one, left) & self._stands(one, right)
                lines, others = left[met], right[met]
            else:
                lines = alone[self._in_force(one, alone)]
                others = np.full(len(lines), NONE, np.int64)
            new = hint[lines] == NONE
            hint[lines[new]], beside[lines[new]] = position, others[new]
        return hint, beside

    def _in_force(self, one: UseInstead, lines: Indices) -> Bools:
        day = self.line.lines.day[lines]
        in_period = (day_number(one.first) <= day) & (day <= day_number(one.last or OPEN_END))
        return in_period & self.line.lines.hcpcs.is_in({one.billed})[lines]

    def _stands(self, one: UseInstead, lines: Indices) -> Bools:
        wanted = one.beside or self.line.law.needle_procedures
        return self.line.lines.hcpcs.is_in(wanted)[lines]

    @once
    def hint(self) -> Indices:
        """Position of the line's hint among ``law.use_instead``, -1 where there is none."""
        return self._found[0]

    @once
    def beside(self) -> Indices:
        """The line beside it that the hint is about, -1 where the hint is about the code alone."""
        return self._found[1]

    def of_line(self, line: int) -> UseInstead:
        """The hint of a line that has one."""
        return self.line.law.use_instead[self.hint[line]]

    def of_pair(self, one: int, other: int) -> UseInstead | None:
        """The hint that two lines of a claim-day give together, whichever of them it is told of."""
        codes, day = self.line.lines.hcpcs, int(self.line.lines.day[one])
        texts = codes[one], codes[other]
        for code, beside in (texts, texts[::-1]):
            for hint in self.line.law.use_instead:
                said = hint.billed == code and beside in hint.beside
                if said and day_number(hint.first) <= day <= day_number(hint.last or OPEN_END):
                    return hint
        return None
