"""Rows of the pair tables (NCCI PTP, add-on edits) in force on the day of each pair of lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trocar.engine.distinct import spread
from trocar.engine.in_force import NONE
from trocar.engine.keys import CODE_BITS, UNDATED
from trocar.engine.line import Line
from trocar.engine.lines import Column
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Rows

INACTIVE, UNKNOWN, ACTIVE = 0, 1, 2


@dataclass(frozen=True)
class DatedRows:
    """For each asked pair of codes on its day: ``state`` ACTIVE, INACTIVE or UNKNOWN, and the row that says so."""

    state: NDArray[np.int8]
    row: Rows


def pair_key(line: Line, left: Indices, right: Indices) -> Column:
    """The key rest of two lines' codes, negative where either code is unknown to the store."""
    return (line.code[left].astype(np.int64) << CODE_BITS) | line.code[right]


def rows_in_force(line: Line, table: str, left: Indices, right: Indices) -> DatedRows:
    """Which row of a dated pair table (NCCI PTP, add-on edits) is in force on the day of each pair of lines.

    A deletion date is the last active day; indicator 9 rows were never active (DOMAIN B1). Where the release does
    not date its rows: within its period a row not deleted is in force; before it, a row not yet deleted may or may
    not have begun (UNKNOWN), a row deleted earlier is proof that the edit was over, and no row at all proves that
    there was none, since the release keeps its deleted rows. On its deletion date a row was in force for certain:
    only indicator 9 rows ended on the day they began.
    """
    calendar = line.pack.calendars[table]
    days = line.lines.day[left]
    ordinals = calendar.on_or_recorded_later(days)
    first, count = line.pack.find_range(table, ordinals, pair_key(line, left, right))
    state = np.zeros(len(left), np.int8)
    row = np.full(len(left), NONE, np.int64)
    (hits,) = count.nonzero()
    if not len(hits):
        return DatedRows(state, row)
    which, rows = spread(first[hits], count[hits])
    pairs = hits[which]
    day = days[pairs]
    effective, deletion = line.pack.column(table, "effective")[rows], line.pack.column(table, "deletion")[rows]
    live = (effective <= day) & (day <= deletion)
    if table.startswith("ncci_ptp"):
        live &= line.pack.column(table, "modifier_indicator")[rows] != 9
    unproven = (effective == UNDATED) & (day != deletion) & (calendar.on(day) < 0)
    found = np.where(live, np.where(unproven, UNKNOWN, ACTIVE), INACTIVE).astype(np.int8)
    np.maximum.at(state, pairs, found)
    # Of the rows that say so the first; written last, it stays.
    says_so = (live & (found == state[pairs])).nonzero()[0][::-1]
    row[pairs[says_so]] = rows[says_so]
    return DatedRows(state, row)
