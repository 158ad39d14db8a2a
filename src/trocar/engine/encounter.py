"""The ``encounter`` subject: one patient with one practitioner on one day, across claims.

Without a patient key, or without an NPI, the claim's own lines of the day stand in: nothing proves that two claims
belong together. A line without an NPI is of the one practitioner whom its claim names.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from trocar.core.once import once
from trocar.engine.distinct import groups
from trocar.engine.in_force import NONE
from trocar.engine.keys import COMPONENTS
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column, Texts
from trocar.engine.neighbours import Indices

# Who survives where two modalities meet is fixed by the direction of the edits between them (DOMAIN B5).
PRECEDENCE = ("76942", "77021", "77012", "77002", "77003")
SEPARATE_ENCOUNTER = "XE"


class Encounter:
    """Patient x practitioner x date, for the lines of needle guidance that count towards one unit per encounter.

    ``group`` is each counted line's position here, -1 for every other line. A technical component whose professional
    one is in the encounter is the other half of one service, and counts no unit of its own.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        codes = {code for code, fact in line.law.guidance.items() if fact.once_per_encounter}
        # XE says that the line is an encounter of its own.
        self.counted: Bools = line.lines.hcpcs.is_in(codes) & ~line.lines.has(SEPARATE_ENCOUNTER) & line.lines.billed
        self.lines: Indices = np.flatnonzero(self.counted)
        self.group: Indices = np.full(len(line), NONE, np.int64)
        if len(self.lines):
            key = self._key()
            whole = ~self._other_halves(groups(*key))
            self.counted[self.lines] = whole
            self.lines = self.lines[whole]
            self.group[self.lines] = groups(*(column[whole] for column in key))

    def _key(self) -> tuple[Column, ...]:
        lines, at = self.line.lines, self.lines
        patient = Texts.of(lines.table["patient_id"].take(pa.array(at))).numbers
        practitioner = self._practitioner()[at]
        known = (patient > 0) & (practitioner > 0)
        hospital = lines.is_hospital[at]
        # A hospital's claim is one provider's, whoever is named on its lines.
        who = np.where(known, patient, NONE - lines.claim[at]), np.where(known | ~hospital, practitioner, 0)
        return *who, lines.day[at], hospital

    def _practitioner(self) -> Column:
        """Each line's practitioner; of a line that names none, the only one whom its claim names (0: none)."""
        claim, named = self.line.lines.claim, self.line.practitioner
        if named[self.lines].all():
            return named
        claims = int(claim.max(initial=NONE)) + 1
        low, high = np.full(claims, len(named) + 1), np.zeros(claims, np.int64)
        np.minimum.at(low, claim[named > 0], named[named > 0])
        np.maximum.at(high, claim, named)
        return np.where(named > 0, named, np.where(low == high, high, 0)[claim])

    def _other_halves(self, group: Indices) -> Bools:
        """Technical components whose code has a professional one in the same encounter."""
        part = self.line.component[self.lines]
        service = group * (1 << 32) + self.line.lines.hcpcs.numbers[self.lines]
        return (part == COMPONENTS.index("TC")) & np.isin(service, service[part == COMPONENTS.index("26")])

    def __len__(self) -> int:
        return int(self.group.max(initial=NONE)) + 1

    @once
    def _by_group(self) -> tuple[Indices, Indices]:
        order = self.lines[np.argsort(self.group[self.lines], kind="stable")]
        return order, self.group[order]

    def members(self, encounter: int) -> Indices:
        """The counted lines of one encounter."""
        lines, groups = self._by_group
        low, high = np.searchsorted(groups, [encounter, encounter + 1])
        return lines[low:high]

    @once
    def guidance_units(self) -> Indices:
        """Units of needle guidance of any modality in the encounter."""
        total = np.zeros(len(self), np.int64)
        np.add.at(total, self.group[self.lines], self.line.lines.units[self.lines])
        return total

    @once
    def beyond_first(self) -> Bools:
        """Guidance lines that hold a unit beyond the encounter's first one."""
        return (self.group >= 0) & (self.units_before + self.line.lines.units > 1)

    @once
    def units_before(self) -> Indices:
        """Units of guidance that come before each line's in its encounter, by precedence of the modalities.

        Between lines of one code the earlier claim (by its id) and line keeps the first unit. 0 for a lone line.
        """
        answer = np.zeros(len(self.line), np.int64)
        at = self.lines[self.guidance_units[self.group[self.lines]] > 1]
        rank = self.line.lines.hcpcs.map(
            lambda code: PRECEDENCE.index(code) if code in PRECEDENCE else len(PRECEDENCE), np.int64
        )
        claims = self.line.lines.claim_texts
        _, claim_rank = np.unique([claims[line] for line in at.tolist()] or [""], return_inverse=True)
        order = at[np.lexsort((at, claim_rank[: len(at)], rank[at], self.group[at]))]
        units, group = self.line.lines.units[order], self.group[order]
        before = np.cumsum(units) - units
        answer[order] = before - before[np.searchsorted(group, group, "left")]
        return answer
