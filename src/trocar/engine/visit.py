"""Visits of each line's practitioner against the procedures of the same claim-day."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.guidance import FIRST_VISIT, LAST_VISIT
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices, Neighbours
from trocar.engine.pair import edits_between

# Codes of surgery and of radiology: none of them is a visit (manual, ch. I, sec. D and E).
FIRST_PROCEDURE, LAST_PROCEDURE = "10004", "79999"


class Visit:
    """Evaluation and management (99202 to 99499), and what stands beside it by the global period of its code."""

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        self.neighbours = neighbours

    @once
    def is_visit(self) -> Bools:
        """The code is evaluation and management."""
        return self.line.lines.hcpcs.map(lambda code: FIRST_VISIT <= code <= LAST_VISIT, np.bool_)

    @once
    def is_procedure(self) -> Bools:
        """The code is one of surgery or radiology."""
        return self.line.lines.hcpcs.map(
            lambda code: code.isdigit() and FIRST_PROCEDURE <= code <= LAST_PROCEDURE, np.bool_
        )

    @once
    def _pairs(self) -> Indices:
        """Positions of the neighbour pairs (visit, the same practitioner's other line that nobody denied)."""
        (pairs,) = self.is_visit[self.neighbours.left].nonzero()
        right = self.neighbours.right[pairs]
        pairs = pairs[~self.is_visit[right] & ~self.line.denied[right]]
        return pairs[self.line.lines.same_practitioner[pairs]] if len(pairs) else pairs

    def _beside(self, *periods: bytes) -> Indices:
        return self._pairs[self.line.global_days_are(*periods)[self.neighbours.right[self._pairs]]]

    @once
    def minor(self) -> Indices:
        """Positions of the neighbour pairs of a visit and a procedure with 0 or 10 global days."""
        return self._beside(b"000", b"010")

    @once
    def major(self) -> Indices:
        """Positions of the neighbour pairs of a visit and a procedure with 90 global days."""
        return self._beside(b"090")

    @once
    def without_period(self) -> Indices:
        """Positions of the neighbour pairs of a visit and a needle procedure without global period (XXX)."""
        pairs = self._beside(b"XXX")
        needle = self.line.lines.hcpcs.is_in(self.line.law.needle_procedures)
        return pairs[needle[self.neighbours.right[pairs]]]

    def beside(self, pairs: Indices) -> Bools:
        """The visits of some pairs."""
        answer = np.zeros(len(self.line), np.bool_)
        answer[self.neighbours.left[pairs]] = True
        return answer

    def beside_without_edit(self, pairs: Indices) -> Bools:
        """The visits of some pairs that no edit ties to any procedure of theirs: the edit rules speak of the others."""
        answer = self.beside(pairs)
        if not len(pairs):
            return answer
        left, right = self.neighbours.left[pairs], self.neighbours.right[pairs]
        edited = (edits_between(self.line, right, left).state > 0) | (edits_between(self.line, left, right).state > 0)
        answer[left[edited]] = False
        return answer
