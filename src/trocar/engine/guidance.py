"""Guidance facts of each line: what else of the claim-day the guidance could belong to."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.addon import AddOn
from trocar.engine.included import facts_in_force
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Neighbours, any_by_left

FIRST_VISIT, LAST_VISIT = "99202", "99499"


class Guidance:
    """The image guidance family (``law.guidance``) against the other lines of each claim-day."""

    def __init__(self, line: Line, neighbours: Neighbours, addon: AddOn) -> None:
        self.line = line
        self.neighbours = neighbours
        self.addon = addon

    def of_kind(self, *kinds: str) -> Bools:
        """The line is guidance of some kinds (``GuidanceCode.kind``)."""
        codes = {code for code, fact in self.line.law.guidance.items() if fact.kind in kinds}
        return self.line.lines.hcpcs.is_in(codes)

    @once
    def is_guidance(self) -> Bools:
        """The code is one of the image guidance family."""
        return self.line.lines.hcpcs.is_in(self.line.law.guidance.keys())

    @once
    def carried(self) -> Bools:
        """A needle procedure of the claim-day that does not include this guidance can carry it (manual, sheet 82).

        Where the guidance is an add-on with a closed list, only a listed primary can.
        """
        left, right = self.neighbours.left, self.neighbours.right
        needle = self.line.lines.hcpcs.is_in(self.line.law.needle_procedures)
        can = self.is_guidance[left] & needle[right] & (self.addon.tied | ~self.addon.closed_list[left])
        (asked,) = can.nonzero()
        if len(asked):
            can[asked] = facts_in_force(self.line, right[asked], left[asked]) < 0
        return any_by_left(self.neighbours, can, len(self.line))

    @once
    def procedure_beside(self) -> Bools:
        """Another line of the claim-day is neither guidance nor an add-on nor a visit: something to be guided."""
        visit = self.line.lines.hcpcs.map(lambda code: FIRST_VISIT <= code <= LAST_VISIT, np.bool_)
        something = ~(self.is_guidance | self.addon.is_addon | visit)
        return any_by_left(self.neighbours, something[self.neighbours.right], len(self.line))
