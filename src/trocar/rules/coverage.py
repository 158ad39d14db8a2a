"""Which lines a table answers for, and why not: *not checked* is computed here, never by a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.in_force import NONE
from trocar.engine.lines import Bools
from trocar.engine.neighbours import any_by_left

TITLES = {
    "schedule": "physician fee schedule",
    "ncci_ptp": "NCCI PTP",
    "mue": "MUE",
    "addon": "add-on code",
    "icd10": "ICD-10-CM",
    "taxonomy": "NUCC taxonomy",
    "opps_status": "OPPS addendum B",
}


@dataclass(frozen=True)
class Gap:
    """Lines that a table does not answer for, and the sentence that says why."""

    where: Bools
    why: Callable[[Batch, int], str]
    table: str


def gaps(batch: Batch, table: str) -> list[Gap]:
    """The gaps of one table over the batch; a line may stand in more than one, the first is told."""
    return _GAPS[table](batch)


def _no_release(table: str) -> Callable[[Batch, int], str]:
    def why(batch: Batch, line: int) -> str:
        day = iso_day(int(batch.line.lines.day[line]))
        return f"no {TITLES[table]} release in the store covers {day}"

    return why


def _outside(batch: Batch, line: int) -> str:
    code = batch.line.lines.hcpcs[line]
    return f"{code} is outside the starter pack; load the rest: trocar data build DIR --accept-ama-license"


def _code_table(table: str, releases: Callable[[Batch], Bools]) -> Callable[[Batch], list[Gap]]:
    def find(batch: Batch) -> list[Gap]:
        return [Gap(releases(batch), _no_release(table), table), Gap(~batch.line.in_scope, _outside, table)]

    return find


def _ptp(batch: Batch) -> list[Gap]:
    """Only lines that have a neighbour can be edited against one."""
    line, neighbours = batch.line, batch.neighbours
    everything = np.ones(len(neighbours.left), np.bool_)
    paired = any_by_left(neighbours, everything, len(line))
    uncovered = line.by_setting(
        "ncci_ptp", lambda table: line.pack.calendars[table].on_or_recorded_later(line.lines.day) == NONE
    )
    outside = ~line.in_scope | any_by_left(neighbours, ~line.in_scope[neighbours.right], len(line))
    undated = np.zeros(len(line), np.bool_)
    undated[batch.pair.column_2[batch.pair.edit_unknown]] = True
    return [
        Gap(paired & uncovered, _no_release("ncci_ptp"), "ncci_ptp"),
        Gap(paired & outside, _outside_pair, "ncci_ptp"),
        Gap(undated, _undated, "ncci_ptp"),
    ]


def _outside_pair(batch: Batch, line: int) -> str:
    if not batch.line.in_scope[line]:
        return _outside(batch, line)
    neighbours = batch.neighbours
    others = neighbours.right[neighbours.of_line(line)]
    return _outside(batch, int(others[~batch.line.in_scope[others]][0]))


def _undated(batch: Batch, line: int) -> str:
    pair = batch.pair
    at = pair.undated_of(line)
    codes = batch.line.lines.hcpcs
    day = iso_day(int(batch.line.lines.day[line]))
    return (
        f"the store's NCCI PTP table has the edit {codes[int(pair.column_1[at])]}/{codes[line]} without its first "
        f"day; whether it was in force on {day} is not known (to apply it all the same, pin the release: --pin)"
    )


def _diagnoses(batch: Batch) -> list[Gap]:
    has_any = batch.diagnosis.any(np.ones(len(batch.diagnosis.owner), np.bool_))
    return [Gap(has_any & (batch.diagnosis.release == NONE), _no_release("icd10"), "icd10")]


def _taxonomy(batch: Batch) -> list[Gap]:
    given = batch.taxonomy.texts.numbers > 0
    return [Gap(given & (batch.taxonomy.release == NONE), _no_release("taxonomy"), "taxonomy")]


_GAPS: dict[str, Callable[[Batch], list[Gap]]] = {
    "schedule": _code_table("schedule", lambda batch: batch.line.schedule_release == NONE),
    "mue": _code_table("mue", lambda batch: batch.line.mue_release == NONE),
    "addon": _code_table("addon", lambda batch: batch.addon.release == NONE),
    "opps_status": _code_table("opps_status", lambda batch: batch.line.opps_release == NONE),
    "ncci_ptp": _ptp,
    "icd10": _diagnoses,
    "taxonomy": _taxonomy,
}
