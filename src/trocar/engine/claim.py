"""The ``claim`` subject: all lines of one claim."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices


class Claim:
    """One entry per claim, in canonical order. ``group`` is each line's position here."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.group: Indices = line.lines.claim.astype(np.int64)

    def __len__(self) -> int:
        return int(self.group.max(initial=-1)) + 1

    def has_any(self, chosen: Bools) -> Bools:
        """Whether any line of the claim is chosen."""
        answer = np.zeros(len(self), np.bool_)
        answer[self.group[chosen]] = True
        return answer

    @once
    def mixes_settings(self) -> Bools:
        """The claim bills lines of more than one setting (practitioner, hospital, ASC)."""
        lines = self.line.lines
        settings = (lines.is_practitioner, lines.is_hospital, lines.is_asc)
        kinds = [self.has_any(chosen & lines.billed) for chosen in settings if np.count_nonzero(chosen)]
        return np.sum(kinds, axis=0) > 1 if len(kinds) > 1 else np.zeros(len(self), np.bool_)
