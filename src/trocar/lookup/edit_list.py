"""All PTP edits of one code, in both columns, with their days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from trocar.core.cite import Citation
from trocar.core.period import OPEN_END, day_from_number, day_number
from trocar.engine.keys import CODE_BITS, NO_CODE, UNDATED, release_key
from trocar.engine.pack import Column
from trocar.knowledge import known_codes
from trocar.lookup.asked import Asked
from trocar.reference.law import law

_OPEN = day_number(OPEN_END)
NEVER_ACTIVE = 9
PAGE = 12


@dataclass(frozen=True, slots=True)
class Edit:
    """One row: ``column`` 1 or 2 is where the code asked for stands, ``other`` the other code.

    ``in_force`` is None where the file lacks the first day and the day asked for is before its quarter.
    """

    other: str
    column: int
    indicator: int
    first: date | None
    last: date | None
    in_force: bool | None
    citation: Citation
    row: int


@dataclass(frozen=True, slots=True)
class EditList:
    """The edits that a page shows, how many there are in all, and what the table says of the day."""

    release: str
    edits: tuple[Edit, ...]
    shown_of: int
    in_force_column_1: int
    in_force_column_2: int
    unknown: int
    rationales: tuple[str, ...]


def edits_of(
    asked: Asked, code: str, setting: str, *, among: Collection[str] = (), page: int = 1, size: int = PAGE
) -> EditList | None:
    """Edits of a code: those in force first, codes described here before others; ``among`` keeps some codes.

    None when no release of the setting's table answers for the day.
    """
    table = f"ncci_ptp_{setting}"
    ordinal = asked.release(table, recorded_later=True)
    if ordinal < 0:
        return None
    rows, column, others = _rows(asked, table, ordinal, code)
    state = _state(asked, table, rows, own=asked.release(table) == ordinal)
    wanted = np.isin(others, asked.pack.code_numbers(list(among))) if among else np.ones(len(rows), np.bool_)
    usual = asked.pack.code_numbers([*known_codes(), *law().guidance])
    order = np.lexsort((column, others, ~np.isin(others, usual), -state))
    chosen = order[wanted[order]]
    shown = chosen[(page - 1) * size : page * size]
    edits = tuple(
        _edit(asked, table, int(rows[at]), int(column[at]), int(others[at]), int(state[at])) for at in shown.tolist()
    )
    return EditList(
        asked.release_name(table, ordinal),
        edits,
        len(chosen),
        int(np.count_nonzero((state == _ACTIVE) & (column == 1))),
        int(np.count_nonzero((state == _ACTIVE) & (column == 2))),
        int(np.count_nonzero(state == _UNKNOWN)),
        tuple(asked.rationales(table, [edit.row for edit in edits])),
    )


_ENDED, _UNKNOWN, _ACTIVE = 0, 1, 2


def _rows(asked: Asked, table: str, ordinal: int, code: str) -> tuple[Column, Column, Column]:
    """Rows with the code in column 1, then in column 2; its column; the number of the other code."""
    keys = asked.pack.column(table, "key")
    number = asked.number(code)
    at = release_key(
        np.full(4, ordinal), np.array([0, number << CODE_BITS, (number + 1) << CODE_BITS, 1 << 2 * CODE_BITS])
    )
    start, low, high, end = np.searchsorted(keys, at).tolist()
    first = np.arange(low, high)
    second = start + np.flatnonzero((keys[start:end] & NO_CODE) == number)
    others = np.concatenate([keys[first] & NO_CODE, (keys[second] >> CODE_BITS) & NO_CODE])
    column = np.repeat([1, 2], [len(first), len(second)])
    return np.concatenate([first, second]), column, others


def _state(asked: Asked, table: str, rows: Column, *, own: bool) -> Column:
    """Whether each row is in force on the day; unknown before the quarter of a file that lacks the first days."""
    day = int(asked.days[0])
    effective = asked.pack.column(table, "effective")[rows]
    live = asked.pack.column(table, "modifier_indicator")[rows] != NEVER_ACTIVE
    live &= (effective <= day) & (day <= asked.pack.column(table, "deletion")[rows])
    undated = (effective == UNDATED) & (not own)
    return np.where(live, np.where(undated, _UNKNOWN, _ACTIVE), _ENDED)


def _edit(asked: Asked, table: str, row: int, column: int, other: int, state: int) -> Edit:
    effective = int(asked.pack.column(table, "effective")[row])
    deletion = int(asked.pack.column(table, "deletion")[row])
    return Edit(
        asked.pack.codes[other].decode(),
        column,
        int(asked.pack.column(table, "modifier_indicator")[row]),
        None if effective == UNDATED else day_from_number(effective),
        None if deletion == _OPEN else day_from_number(deletion),
        None if state == _UNKNOWN else state == _ACTIVE,
        asked.pack.cite(table, row),
        row,
    )
