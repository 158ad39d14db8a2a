"""The ``pair`` subject: ordered pairs of lines of one claim-day tied by an edit or a guidance fact."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import numpy as np

from trocar.core.period import OPEN_END, day_number
from trocar.engine.dated_rows import ACTIVE, UNKNOWN, DatedRows, rows_in_force
from trocar.engine.in_force import NONE
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices, Neighbours

# CR 11168: from this date of service 59 and X{EPSU} count on either column; before it, on column 2 only.
EITHER_COLUMN_FROM = day_number(date(2019, 7, 1))
DISTINCT_SERVICE = frozenset({"59", "XE", "XS", "XP", "XU"})
EVALUATION = frozenset({"24", "25", "57"})
SIDES = ("RT", "LT")


class Pair:
    """Pairs (column 1, column 2) of line indices, in NCCI direction; for a guidance fact, (procedure, guidance).

    ``edit_row`` points into the PTP table of the pair's setting (-1: no edit known to be in force);
    ``edit_unknown`` says that the table can't tell on that day; ``fact`` is the position of the fact among
    ``law.included`` (-1 none).
    """

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        edits = _edits(line, neighbours)
        facts = facts_in_force(line, neighbours.left, neighbours.right)
        tied = (edits.state > 0) | (facts >= 0)
        self.column_1: Indices = neighbours.left[tied]
        self.column_2: Indices = neighbours.right[tied]
        self.edit_row = np.where(edits.state == ACTIVE, edits.row, NONE)[tied]
        self.edit_unknown: Bools = (edits.state == UNKNOWN)[tied]
        self.fact = facts[tied]

    def __len__(self) -> int:
        return len(self.column_1)

    @cached_property
    def _undated(self) -> dict[int, int]:
        at = np.flatnonzero(self.edit_unknown)[::-1]
        return dict(zip(self.column_2[at].tolist(), at.tolist(), strict=True))

    def undated_of(self, line: int) -> int:
        """The first pair whose column 2 is the line and whose edit the table does not date."""
        return self._undated[line]

    @cached_property
    def modifier_indicator(self) -> Column:
        """Modifier indicator of the edit in force (0 or 1); -1 where none is."""
        answer = np.full(len(self), NONE, np.int8)
        for setting in ("practitioner", "hospital"):
            chosen = (self.edit_row >= 0) & (self.line.lines.is_hospital[self.column_1] == (setting == "hospital"))
            values = self.line.pack.column(f"ncci_ptp_{setting}", "modifier_indicator")
            answer[chosen] = values[self.edit_row[chosen]]
        return answer

    def _has(self, column: Indices, wanted: frozenset[str]) -> Bools:
        return self.line.lines.has_any(wanted)[column]

    @cached_property
    def distinct_service(self) -> Bools:
        """59 or X{EPSU} where it counts: on column 2, and from 2019-07-01 on column 1 as well."""
        either = self.line.lines.day[self.column_1] >= EITHER_COLUMN_FROM
        return self._has(self.column_2, DISTINCT_SERVICE) | (either & self._has(self.column_1, DISTINCT_SERVICE))

    @cached_property
    def other_bypass(self) -> Bools:
        """Another NCCI PTP-associated modifier: on column 2, or 24, 25, 57 on the visit in either column."""
        others = self.line.law.bypass_modifiers - DISTINCT_SERVICE
        return self._has(self.column_2, others) | self._has(self.column_1, EVALUATION)

    @cached_property
    def bypassed(self) -> Bools:
        """A modifier allows both services to be paid, if the facts support it (indicator 1 only)."""
        return (self.modifier_indicator == 1) & (self.distinct_service | self.other_bypass)

    @cached_property
    def opposite_sides(self) -> Bools:
        """One line is on the right, the other on the left."""
        right, left = (self.line.lines.has(side) for side in SIDES)
        one, two = self.column_1, self.column_2
        return (right[one] & left[two] & ~left[one] & ~right[two]) | (left[one] & right[two] & ~right[one] & ~left[two])

    @cached_property
    def bypass_needs_proof(self) -> Bools:
        """The bypass rests on 59, X{EPSU} or an anatomic modifier that shows no other side than column 1's."""
        visit = self._has(self.column_1, EVALUATION) | self._has(self.column_2, EVALUATION)
        return self.bypassed & ~self.opposite_sides & ~visit

    @cached_property
    def guidance_included(self) -> Bools:
        """The column 1 procedure includes the guidance of column 2 on that day (law.included)."""
        return self.fact >= 0

    def _strength_is(self, strength: str) -> Bools:
        answer = np.zeros(len(self), np.bool_)
        if not self.guidance_included.any():
            return answer
        of_fact = np.array([fact.strength == strength for fact in self.line.law.included], np.bool_)
        answer[self.guidance_included] = of_fact[self.fact[self.guidance_included]]
        return answer

    @cached_property
    def guidance_surely_included(self) -> Bools:
        """Edits or the policy manual name the pair: the guidance is inside the procedure."""
        return self._strength_is("deny")

    @cached_property
    def guidance_perhaps_included(self) -> Bools:
        """The code or the manual says so in general: a person has to decide."""
        return self._strength_is("review")


def _edits(line: Line, neighbours: Neighbours) -> DatedRows:
    hospital = line.lines.is_hospital[neighbours.left]
    answer = rows_in_force(line, "ncci_ptp_practitioner", neighbours.left, neighbours.right)
    if not hospital.any():
        return answer
    other = rows_in_force(line, "ncci_ptp_hospital", neighbours.left, neighbours.right)
    return DatedRows(np.where(hospital, other.state, answer.state), np.where(hospital, other.row, answer.row))


def facts_in_force(line: Line, procedure: Indices, guidance: Indices) -> Indices:
    """For each pair of lines, the position of the includes-guidance fact in force on its day, -1 if none."""
    law, codes = line.law, line.lines.hcpcs
    answer = np.full(len(procedure), NONE, np.int64)
    asked = codes.is_in(law.included_primaries)[procedure] & codes.is_in(frozenset(law.guidance))[guidance]
    pairs = np.flatnonzero(asked)
    keys = codes.numbers[procedure[pairs]].astype(np.int64) * len(codes.values) + codes.numbers[guidance[pairs]]
    distinct, which = np.unique(keys, return_inverse=True)
    texts = [(codes.values[key // len(codes.values)], codes.values[key % len(codes.values)]) for key in distinct]
    facts = [law.included_by_pair.get(pair, ()) for pair in texts]
    day = line.lines.day[procedure[pairs]]
    for step in range(max(map(len, facts), default=0)):
        position = np.array([some[step] if step < len(some) else NONE for some in facts], np.int64)
        first = np.array([day_number(law.included[at].first) for at in position], np.int64)
        last = np.array([day_number(law.included[at].last or OPEN_END) for at in position], np.int64)
        in_force = (position[which] >= 0) & (first[which] <= day) & (day <= last[which])
        answer[pairs[in_force]] = position[which][in_force]
    return answer
