"""Run the rules over a batch: for every rule, each line is found, clear or not checked, and never two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np

from trocar.core.finding import Severity
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.coverage import CLAIM_DAY, Gap, gaps
from trocar.rules.rule import Rule, Scope, Setting

NO_LINES: Indices = np.empty(0, np.int64)


class Outcome(NamedTuple):
    """What one rule said of a batch: hits as (subject entry, line), and the lines it could not check, with why."""

    rule: Rule
    entries: Indices
    lines: Indices
    unchecked: tuple[Gap, ...]

    def found(self, length: int) -> Bools:
        """Lines with a finding."""
        answer = np.zeros(length, np.bool_)
        answer[self.lines] = True
        return answer

    def not_checked(self, length: int) -> Bools:
        """Lines the rule could not check."""
        return np.logical_or.reduce([np.zeros(length, np.bool_), *(gap.where for gap in self.unchecked)])


def evaluate(batch: Batch, rules: Sequence[Rule]) -> list[Outcome]:
    """Stage 1, then stage 2 with the denials of stage 1 known."""
    spoken = _Spoken(batch)
    outcomes: list[Outcome] = []
    for stage in (1, 2):
        for rule in rules:
            if rule.stage == stage:
                outcomes.append(_apply(batch, rule, spoken))
        for outcome in outcomes:
            if len(outcome.lines) and outcome.rule.severity is Severity.DENY:
                batch.line.denied[outcome.lines] = True
    return outcomes


@dataclass(frozen=True)
class _Reach:
    """Of the lines of a batch, those that rules of the same settings, days and tables speak of.

    ``asked``: billed lines of a setting and a day they speak of; ``any``: whether there are any; ``unchecked``: those
    that stand in a gap of a table they need, each under the first.
    """

    asked: Bools
    any: bool
    unchecked: tuple[Gap, ...]


class _Spoken:
    """Which lines a rule can speak of; rules of one scope share the answer."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._gaps: dict[str, list[Gap]] = {}
        self._reach: dict[Scope, _Reach] = {}
        self._billed: dict[tuple[Setting, ...], Bools] = {}

    def gaps(self, table: str) -> list[Gap]:
        """The gaps of a table that any line of the batch stands in."""
        if table not in self._gaps:
            self._gaps[table] = [gap for gap in gaps(self._batch, table) if np.count_nonzero(gap.where)]
        return self._gaps[table]

    def reach(self, scope: Scope) -> _Reach:
        """The lines that the rules of a scope speak of."""
        if scope not in self._reach:
            asked = self._asked(scope)
            some = bool(np.count_nonzero(asked))
            self._reach[scope] = _Reach(asked, some, tuple(self.stand_in_gaps(scope.needs, asked)) if some else ())
        return self._reach[scope]

    def _asked(self, scope: Scope) -> Bools:
        asked, lines = self._billed_in(scope.settings), self._batch.line.lines
        first_day, last_day = lines.days
        if first_day < scope.first:
            asked = asked & (lines.day >= scope.first)
        if last_day > scope.last:
            asked = asked & (lines.day <= scope.last)
        return asked

    def _billed_in(self, settings: tuple[Setting, ...]) -> Bools:
        """Billed lines of some settings."""
        if settings not in self._billed:
            lines = self._batch.line.lines
            chosen = {"practitioner": lines.is_practitioner, "hospital": lines.is_hospital, "asc": lines.is_asc}
            self._billed[settings] = reduce(or_, (chosen[setting] for setting in settings)) & lines.billed
        return self._billed[settings]

    def stand_in_gaps(self, needs: tuple[str, ...], asked: Bools) -> Iterator[Gap]:
        """Of some lines those that stand in a gap of what a rule needs, each under the first."""
        for table in (CLAIM_DAY, *needs):
            for gap in self.gaps(table):
                where = asked & gap.where
                if where.any():
                    yield Gap(where, gap.why, table)
                    asked = asked & ~where


def _apply(batch: Batch, rule: Rule, spoken: _Spoken) -> Outcome:
    reach = spoken.reach(rule.scope)
    if not reach.any:
        return Outcome(rule, NO_LINES, NO_LINES, ())
    fires = rule.fires(batch)
    (fired,) = fires.nonzero()
    if not len(fired):
        return Outcome(rule, NO_LINES, NO_LINES, reach.unchecked)
    entries, lines = _lines_of(batch, rule, fires, fired)
    keep = reach.asked[lines]
    if rule.subject != "pair":
        # A pair speaks of one edit known to be in force; any other subject is silent where a table is.
        for table in (CLAIM_DAY, *rule.needs):
            for gap in spoken.gaps(table):
                keep &= ~gap.where[lines]
    entries, lines = entries[keep], lines[keep]
    if not any(gap.where[lines].any() for gap in reach.unchecked):
        return Outcome(rule, entries, lines, reach.unchecked)
    # What is found is not also unchecked.
    asked = reach.asked.copy()
    asked[lines] = False
    return Outcome(rule, entries, lines, tuple(spoken.stand_in_gaps(rule.needs, asked)))


def _lines_of(batch: Batch, rule: Rule, fires: Bools, fired: Indices) -> tuple[Indices, Indices]:
    """The lines a finding stands on: the line, the column 2 line, every line of the day's code or of the claim,
    the guidance lines beyond an encounter's first."""
    if rule.subject == "line":
        return fired, fired
    if rule.subject == "pair":
        return fired, batch.pair.column_2[fired]
    group: Indices = getattr(batch, rule.subject).group
    chosen = (group >= 0) & fires[group]
    if rule.subject == "encounter":
        chosen &= batch.encounter.beyond_first
    lines = np.flatnonzero(chosen)
    return group[lines], lines
