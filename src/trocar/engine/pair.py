"""The ``pair`` subject: ordered pairs of lines of one claim-day tied by an edit or a guidance fact."""

from __future__ import annotations

from datetime import date

import numpy as np

from trocar.core.once import once
from trocar.core.period import day_number
from trocar.engine.dated_rows import ACTIVE, UNKNOWN, DatedRows, rows_in_force
from trocar.engine.in_force import NONE
from trocar.engine.included import facts_in_force, files_contradict
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices, Neighbours

# CR 11168: from this date of service 59 and X{EPSU} count on either column; before it, on column 2 only.
EITHER_COLUMN_FROM = day_number(date(2019, 7, 1))
DISTINCT_SERVICE = frozenset({"59", "XE", "XS", "XP", "XU"})
EVALUATION = frozenset({"24", "25", "57"})
# The manual puts 58 on the open procedure, which is column 1 of its edit with the endoscopy that led to it (I-8, I-16).
STAGED = frozenset({"58"})
SEPARATE_PRACTITIONER = frozenset({"XP"})
SIDES = ("RT", "LT")


class Pair:
    """Pairs (column 1, column 2) of line indices, in NCCI direction; for a guidance fact, (procedure, guidance).

    ``edit_row`` points into the PTP table of the pair's setting (-1: no edit known to be in force);
    ``edit_unknown`` says that the table can't tell on that day; ``fact`` is the position of the fact among
    ``law.included`` (-1 none).
    """

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        edits = edits_between(line, neighbours.left, neighbours.right)
        facts = facts_in_force(line, neighbours.left, neighbours.right)
        tied = (edits.state > 0) | (facts >= 0)
        self.column_1: Indices = neighbours.left[tied]
        self.column_2: Indices = neighbours.right[tied]
        self.edit_row = np.where(edits.state == ACTIVE, edits.row, NONE)[tied]
        self.edit_unknown: Bools = (edits.state == UNKNOWN)[tied]
        self.fact = facts[tied]

    def __len__(self) -> int:
        return len(self.column_1)

    @once
    def _undated(self) -> dict[int, int]:
        at = np.flatnonzero(self.edit_unknown)[::-1]
        return dict(zip(self.column_2[at].tolist(), at.tolist(), strict=True))

    def undated_of(self, line: int) -> int:
        """The first pair whose column 2 is the line and whose edit the table does not date."""
        return self._undated[line]

    @once
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

    @once
    def distinct_service(self) -> Bools:
        """59 or X{EPSU} where it counts: on column 2, and from 2019-07-01 on column 1 as well."""
        either = self.line.lines.day[self.column_1] >= EITHER_COLUMN_FROM
        return self._has(self.column_2, DISTINCT_SERVICE) | (either & self._has(self.column_1, DISTINCT_SERVICE))

    @once
    def other_bypass(self) -> Bools:
        """Another NCCI PTP-associated modifier: on column 2, or 24, 25, 57 (of a visit) or 58 in either column."""
        others = self.line.law.bypass_modifiers - DISTINCT_SERVICE
        return self._has(self.column_2, others) | self._has(self.column_1, EVALUATION | STAGED)

    @once
    def bypassed(self) -> Bools:
        """A modifier allows both services to be paid, if the facts support it (indicator 1 only)."""
        return (self.modifier_indicator == 1) & (self.distinct_service | self.other_bypass)

    @once
    def opposite_sides(self) -> Bools:
        """One line is on the right, the other on the left."""
        right, left = (self.line.lines.has(side) for side in SIDES)
        one, two = self.column_1, self.column_2
        return (right[one] & left[two] & ~left[one] & ~right[two]) | (left[one] & right[two] & ~right[one] & ~left[two])

    @once
    def another_practitioner(self) -> Bools:
        """XP on one of the lines, and each names a practitioner of its own."""
        one, two = (self.line.practitioner[column] for column in (self.column_1, self.column_2))
        said = self._has(self.column_1, SEPARATE_PRACTITIONER) | self._has(self.column_2, SEPARATE_PRACTITIONER)
        return said & (one > 0) & (two > 0) & (one != two)

    @once
    def bypass_needs_proof(self) -> Bools:
        """The bypass rests on 59, X{EPSU} or an anatomic modifier, and neither side nor practitioner differs."""
        visit = self._has(self.column_1, EVALUATION) | self._has(self.column_2, EVALUATION)
        return self.bypassed & ~self.opposite_sides & ~self.another_practitioner & ~visit

    @once
    def guidance_included(self) -> Bools:
        """The column 1 procedure includes the guidance of column 2 on that day (law.included)."""
        return self.fact >= 0

    def _strength_is(self, strength: str) -> Bools:
        answer = np.zeros(len(self), np.bool_)
        if not np.count_nonzero(self.guidance_included):
            return answer
        of_fact = np.array([fact.strength == strength for fact in self.line.law.included], np.bool_)
        answer[self.guidance_included] = of_fact[self.fact[self.guidance_included]]
        return answer

    @once
    def authorities_disagree(self) -> Bools:
        """The guidance is included by the own table, but the edits or the add-on list of the day contradict it."""
        answer = np.zeros(len(self), np.bool_)
        (at,) = self.guidance_included.nonzero()
        if len(at):
            no_edit = (self.edit_row[at] < 0) & ~self.edit_unknown[at]
            answer[at] = files_contradict(self.line, self.column_1[at], self.column_2[at], no_edit)
        return answer

    @once
    def guidance_surely_included(self) -> Bools:
        """Edits or the policy manual name the pair, and no file of the day contradicts: it is inside the procedure."""
        return self._strength_is("deny") & ~self.authorities_disagree

    @once
    def guidance_perhaps_included(self) -> Bools:
        """The code or the manual says so in general, or authorities disagree: a person has to decide."""
        return self.guidance_included & ~self.guidance_surely_included


def edits_between(line: Line, column_1: Indices, column_2: Indices) -> DatedRows:
    """The edit of each pair of lines, from the table of the setting of its column 1."""
    hospital = line.lines.is_hospital[column_1]
    answer = rows_in_force(line, "ncci_ptp_practitioner", column_1, column_2)
    if not np.count_nonzero(hospital):
        return answer
    other = rows_in_force(line, "ncci_ptp_hospital", column_1, column_2)
    return DatedRows(np.where(hospital, other.state, answer.state), np.where(hospital, other.row, answer.row))
