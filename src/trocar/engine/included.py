"""Guidance that a procedure includes by the own table, against the files of the day."""

from __future__ import annotations

import numpy as np

from trocar.core.period import OPEN_END, day_number
from trocar.engine.dated_rows import ACTIVE, rows_in_force
from trocar.engine.distinct import distinct
from trocar.engine.in_force import NONE
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices


def facts_in_force(line: Line, procedure: Indices, guidance: Indices) -> Indices:
    """For each pair of lines, the position of the includes-guidance fact in force on its day, -1 if none."""
    law, codes = line.law, line.lines.hcpcs
    answer = np.full(len(procedure), NONE, np.int64)
    asked = codes.is_in(law.included_primaries)[procedure] & codes.is_in(law.guidance.keys())[guidance]
    (pairs,) = asked.nonzero()
    if not len(pairs):
        return answer
    keys = codes.numbers[procedure[pairs]].astype(np.int64) * len(codes.values) + codes.numbers[guidance[pairs]]
    asked_for, which = distinct(keys)
    pairs_of_codes = [divmod(key, len(codes.values)) for key in asked_for.tolist()]
    facts = [law.included_by_pair.get((codes.values[one], codes.values[two]), ()) for one, two in pairs_of_codes]
    day = line.lines.day[procedure[pairs]]
    for step in range(max(map(len, facts), default=0)):
        position = np.array([some[step] if step < len(some) else NONE for some in facts], np.int64)
        first = np.array([day_number(law.included[at].first) for at in position], np.int64)
        last = np.array([day_number(law.included[at].last or OPEN_END) for at in position], np.int64)
        in_force = (position[which] >= 0) & (first[which] <= day) & (day <= last[which])
        answer[pairs[in_force]] = position[which][in_force]
    return answer


def files_contradict(line: Line, procedure: Indices, guidance: Indices, no_edit: Bools) -> Bools:
    """For each included pair, whether a file that answers for its day says otherwise.

    It does where the edit table of the line's setting answers and has no edit for the pair (``no_edit``), and where
    the add-on table lists the procedure as a primary of the guidance. A table that is not held contradicts nothing.
    """
    answers = edit_table_answers(line)[procedure]
    listed = rows_in_force(line, "addon", guidance, procedure).state == ACTIVE
    return (no_edit & answers) | listed


def edit_table_answers(line: Line) -> Bools:
    """For each line, whether the PTP table of its setting says anything of its day."""
    held: Bools = line.by_setting(
        "ncci_ptp", lambda table: line.pack.calendars[table].on_or_recorded_later(line.lines.day) >= 0
    )
    return held
