"""The ``encounter`` subject: one patient with one practitioner on one day, across claims.

Without a patient key, or without an NPI, the claim-day stands in: nothing proves that two claims belong together.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices

# Who survives where two modalities meet is fixed by the direction of the edits between them (DOMAIN B5).
PRECEDENCE = ("76942", "77021", "77012", "77002", "77003")
SEPARATE_ENCOUNTER = "XE"


class Encounter:
    """Patient x practitioner x date. ``group`` is each line's position here."""

    def __init__(self, line: Line) -> None:
        self.line = line
        lines = line.lines
        patient, npi = lines.texts("patient_id").numbers, lines.texts("rendering_npi").numbers
        known = (patient > 0) & (npi > 0)
        key = np.stack(
            [
                np.where(known, patient, -1 - lines.claim),
                np.where(known, npi, 0),
                lines.day,
                line.lines.is_hospital.astype(np.int32),
            ]
        )
        _, self.group = np.unique(key, axis=1, return_inverse=True)
        self.group = self.group.reshape(-1)

    def __len__(self) -> int:
        return int(self.group.max(initial=-1)) + 1

    @cached_property
    def counted(self) -> Bools:
        """Lines of needle guidance that count towards one unit per encounter; XE says an encounter of its own."""
        codes = {code for code, fact in self.line.law.guidance.items() if fact.once_per_encounter}
        return self.line.lines.hcpcs.is_in(codes) & ~self.line.lines.has(SEPARATE_ENCOUNTER)

    @cached_property
    def guidance_units(self) -> Indices:
        """Units of needle guidance of any modality in the encounter."""
        total = np.zeros(len(self), np.int64)
        np.add.at(total, self.group[self.counted], self.line.lines.units[self.counted])
        return total

    @cached_property
    def beyond_first(self) -> Bools:
        """Guidance lines that hold a unit beyond the encounter's first one, by precedence of the modalities."""
        answer = np.zeros(len(self.line), np.bool_)
        lines = np.flatnonzero(self.counted)
        rank = self.line.lines.hcpcs.map(
            lambda code: PRECEDENCE.index(code) if code in PRECEDENCE else len(PRECEDENCE), np.int64
        )
        order = lines[np.lexsort((lines, rank[lines], self.group[lines]))]
        units, group = self.line.lines.units[order], self.group[order]
        through = np.cumsum(units)
        starts = np.searchsorted(group, group, "left")
        before = through - units - (through - units)[starts]
        answer[order] = before + units > 1
        return answer
