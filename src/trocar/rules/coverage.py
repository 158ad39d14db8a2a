"""Which lines a table answers for, and why not: *not checked* is computed here, never by a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.distinct import distinct
from trocar.engine.in_force import NONE
from trocar.engine.lines import Bools
from trocar.engine.neighbours import MOST_LINES_OF_A_DAY, Indices, any_by_left
from trocar.rules.columns import beside, codes_of

# What every rule needs beside its tables: a claim whose lines on one day can be compared with each other.
CLAIM_DAY = "claim_id"
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
class Worded:
    """Sentences for some lines, in their order: ``texts[which]``."""

    which: Indices
    texts: list[str]


Why = Callable[[Batch, Indices], Worded]


@dataclass(frozen=True)
class Gap:
    """Lines that a table does not answer for, and the sentences that say why."""

    where: Bools
    why: Why
    table: str


def gaps(batch: Batch, table: str) -> list[Gap]:
    """The gaps of one table over the batch; a line may stand in more than one, the first is told."""
    return _GAPS[table](batch)


def _no_release(table: str) -> Why:
    def why(batch: Batch, lines: Indices) -> Worded:
        days, which = distinct(batch.line.lines.day[lines])
        clock = batch.line.pack.clock
        texts = [f"no {TITLES[table]} release in the store{clock} covers {day}" for day in map(iso_day, days.tolist())]
        return Worded(which, texts)

    return why


def _outside(batch: Batch, lines: Indices) -> Worded:
    codes = batch.line.lines.hcpcs
    numbers, which = distinct(codes.numbers[lines])
    advice = "is outside the starter pack; load the rest: trocar data build DIR --accept-ama-license"
    return Worded(which, [f"{codes.values[number]} {advice}" for number in numbers.tolist()])


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


def _outside_pair(batch: Batch, lines: Indices) -> Worded:
    """The line's own code, or the first code beside it that the store does not answer for."""
    in_scope = batch.line.in_scope
    told = lines.copy()
    beside_one = np.flatnonzero(in_scope[lines])
    entry, other = beside(batch, ~in_scope[batch.neighbours.right], lines[beside_one])
    told[beside_one[entry[::-1]]] = other[::-1]
    return _outside(batch, told)


def _undated(batch: Batch, lines: Indices) -> Worded:
    column_1 = batch.pair.column_1[[batch.pair.undated_of(line) for line in lines.tolist()]]
    days = map(iso_day, batch.line.lines.day[lines].tolist())
    texts = [
        f"the store's NCCI PTP table has the edit {one}/{two} without its first day; whether it was in force on {day} "
        "is not known (to apply it all the same, pin the release: --pin)"
        for one, two, day in zip(codes_of(batch, column_1), codes_of(batch, lines), days, strict=True)
    ]
    return Worded(np.arange(len(lines)), texts)


def _diagnoses(batch: Batch) -> list[Gap]:
    has_any = batch.diagnosis.any(np.ones(len(batch.diagnosis.owner), np.bool_))
    return [Gap(has_any & (batch.diagnosis.release == NONE), _no_release("icd10"), "icd10")]


def _taxonomy(batch: Batch) -> list[Gap]:
    given = batch.taxonomy.texts.numbers > 0
    return [Gap(given & (batch.taxonomy.release == NONE), _no_release("taxonomy"), "taxonomy")]


def _crowded(batch: Batch) -> list[Gap]:
    """No claim has so many lines on one day: most likely its id names several claims."""
    return [Gap(batch.line.lines.crowded, _too_many, CLAIM_DAY)]


def _too_many(batch: Batch, lines: Indices) -> Worded:
    days = batch.line.lines.claim_day
    numbers, which = distinct(days[lines])
    sizes = np.bincount(days)[numbers]
    advice = f"more than {MOST_LINES_OF_A_DAY} are not compared: check that claim_id tells claims apart"
    return Worded(which, [f"the claim has {size} lines on one day; {advice}" for size in sizes.tolist()])


_GAPS: dict[str, Callable[[Batch], list[Gap]]] = {
    "schedule": _code_table("schedule", lambda batch: batch.line.schedule_release == NONE),
    "mue": _code_table("mue", lambda batch: batch.line.mue_release == NONE),
    "addon": _code_table("addon", lambda batch: batch.addon.release == NONE),
    "opps_status": _code_table("opps_status", lambda batch: batch.line.opps_release == NONE),
    "ncci_ptp": _ptp,
    "icd10": _diagnoses,
    "taxonomy": _taxonomy,
    CLAIM_DAY: _crowded,
}
