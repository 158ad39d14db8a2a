"""One code of one patient on one day, across claims: what several bills together say."""

from __future__ import annotations

from typing import Any

import numpy as np

from trocar.core.once import once
from trocar.engine.day import Day
from trocar.engine.distinct import groups, numbered, spans
from trocar.engine.in_force import NONE
from trocar.engine.line import Line
from trocar.engine.lines import Bools, Column
from trocar.engine.neighbours import Indices
from trocar.engine.same_day import NOT_A_DUPLICATE

GLOBAL, PROFESSIONAL, TECHNICAL = 0, 1, 2
_LAST = 1 << 40


class PatientDay:
    """Billed lines of patient-days with several claims or practitioners; ``lines`` are their positions in the batch.

    A line without a patient meets no other claim.
    """

    def __init__(self, line: Line, day: Day) -> None:
        self.line = line
        self._day = day
        self._patient = line.lines.texts("patient_id").numbers
        (at,) = ((self._patient > 0) & line.lines.billed).nonzero()
        patient_day = numbered((self._patient[at].astype(np.int64) << 32) + line.lines.day[at])
        several_claims = spans(patient_day, line.lines.claim[at])
        self.lines: Indices = at[several_claims | spans(patient_day, line.practitioner[at])]
        self._meets_claims = bool(np.count_nonzero(several_claims))

    def _grouped(self, at: Indices, *further: Column) -> Indices:
        lines = self.line.lines
        return groups(self._patient[at], lines.day[at], lines.hcpcs.numbers[at], *(column[at] for column in further))

    @once
    def _has_two_parts(self) -> Bools:
        return self.line.indicator_is("pctc", "1")

    @once
    def technical_part_of_facility(self) -> Bools:
        """A practitioner asks for the technical part, and a facility bills the same code that day."""
        lines = self.line.lines
        answer = np.zeros(len(self.line), np.bool_)
        if not np.count_nonzero(~lines.is_practitioner[self.lines]):
            return answer
        part = (self.line.component == GLOBAL) | (self.line.component == TECHNICAL)
        asks = lines.is_practitioner & self._has_two_parts & part
        at = self.lines[(asks | ~lines.is_practitioner)[self.lines]]
        group = self._grouped(at)
        billed = np.zeros(len(at), np.bool_)
        billed[group[~lines.is_practitioner[at]]] = True
        answer[at] = asks[at] & billed[group]
        return answer

    @once
    def professional_part_of_another(self) -> Bools:
        """A practitioner bills both parts, and another practitioner the professional part of the same code that day."""
        known = self.line.lines.is_practitioner & self._has_two_parts & (self.line.practitioner > 0)
        said_apart = self.line.lines.has(*NOT_A_DUPLICATE)
        both = known & (self.line.component == GLOBAL) & ~said_apart
        read = known & (self.line.component == PROFESSIONAL) & ~said_apart
        answer = np.zeros(len(self.line), np.bool_)
        if not np.count_nonzero(read[self.lines]):
            return answer
        at = self.lines[(both | read)[self.lines]]
        # The first and the last reader, by number: one of them is another practitioner unless both are the own.
        group, reads, who = self._grouped(at), read[at], self.line.practitioner[at].astype(np.int64)
        first, last = np.full(len(at), _LAST, np.int64), np.full(len(at), NONE, np.int64)
        np.minimum.at(first, group[reads], who[reads])
        np.maximum.at(last, group[reads], who[reads])
        first, last = first[group], last[group]
        answer[at] = both[at] & (last != NONE) & ((first != who) | (last != who))
        return answer

    @once
    def _of_one_practitioner(self) -> tuple[Indices, Indices]:
        """Lines of a known practitioner, and the group of each: code, component and setting of one patient's day."""
        at = self.lines[self.line.practitioner[self.lines] > 0]
        return at, self._grouped(
            at, self.line.practitioner, self.line.component, self.line.lines.texts("setting").numbers
        )

    @once
    def units(self) -> Indices:
        """Units of the code by the practitioner on the patient's day, all claims together."""
        at, group = self._of_one_practitioner
        total = self._day.units.copy()
        total[at] = np.bincount(group, self.line.lines.units[at], minlength=1).astype(np.int64)[group]
        return total

    @once
    def over_limit_together(self) -> Bools:
        """Claims that each keep the day limit of a code pass it together (adjudication 2 and 3)."""
        if not self._meets_claims:
            return np.zeros(len(self.line), np.bool_)
        limit, adjudication = self.line.mue_value, self.line.mue_adjudication
        by_day = ((adjudication == 2) | (adjudication == 3)) & (limit >= 0)
        return by_day & (self.units > limit) & (self._day.units <= limit) & (self.units > self._day.units)

    @once
    def repeats_other_claim(self) -> Bools:
        """An earlier claim (by its id) of the patient has the line already: code, modifiers, place, practitioner."""
        lines = self.line.lines
        answer = np.zeros(len(self.line), np.bool_)
        if not self._meets_claims:
            return answer
        order: dict[tuple[str, ...], int] = {}
        said: Any = lines.by_modifiers(lambda given: order.setdefault(tuple(sorted(given)), len(order)), np.int64)
        at = self._of_one_practitioner[0]
        at = at[~lines.has(*NOT_A_DUPLICATE)[at]]
        group = self._grouped(
            at, self.line.practitioner, said, *(lines.texts(name).numbers for name in ("place_of_service", "setting"))
        )
        several = spans(group, lines.claim[at])
        at, group = at[several], group[several]
        if len(at):
            _, rank = np.unique([lines.claim_texts[one] for one in at.tolist()], return_inverse=True)
            first = np.full(int(group.max()) + 1, _LAST, np.int64)
            np.minimum.at(first, group, rank)
            answer[at] = rank > first[group]
        return answer
