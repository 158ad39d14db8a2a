"""Run the rules over a batch: for every rule, each line is found, clear or not checked, and never two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trocar.core.finding import Severity
from trocar.core.period import OPEN_END, day_number
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.coverage import Gap, gaps
from trocar.rules.rule import Rule


@dataclass(frozen=True)
class Outcome:
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
    found_gaps = {table: gaps(batch, table) for rule in rules for table in rule.needs}
    outcomes = []
    for stage in (1, 2):
        for rule in rules:
            if rule.stage == stage:
                outcomes.append(_apply(batch, rule, found_gaps))
        batch.line.denied |= _denied(outcomes, len(batch.line))
    return outcomes


def _denied(outcomes: Sequence[Outcome], length: int) -> Bools:
    answer = np.zeros(length, np.bool_)
    for outcome in outcomes:
        if outcome.rule.severity is Severity.DENY:
            answer |= outcome.found(length)
    return answer


def _apply(batch: Batch, rule: Rule, found_gaps: dict[str, list[Gap]]) -> Outcome:
    subject = _in_force(batch, rule)
    entries, lines = _lines_of(batch, rule, np.flatnonzero(rule.fires(batch)))
    keep = subject[lines]
    if rule.subject != "pair":
        # A pair speaks of one edit known to be in force; any other subject is silent where a table is.
        for table in rule.needs:
            for gap in found_gaps[table]:
                keep &= ~gap.where[lines]
    entries, lines = entries[keep], lines[keep]
    settled = np.zeros(len(batch.line), np.bool_)
    settled[lines] = True
    return Outcome(rule, entries, lines, tuple(_unchecked(rule, found_gaps, subject & ~settled)))


def _unchecked(rule: Rule, found_gaps: dict[str, list[Gap]], asked: Bools) -> Iterator[Gap]:
    for table in rule.needs:
        for gap in found_gaps[table]:
            where = asked & gap.where
            if where.any():
                yield Gap(where, gap.why, table)
                asked = asked & ~where


def _in_force(batch: Batch, rule: Rule) -> Bools:
    """Lines of a setting and a day that the rule speaks of."""
    lines = batch.line.lines
    chosen = {"practitioner": lines.is_practitioner, "hospital": lines.is_hospital, "asc": lines.is_asc}
    setting = np.logical_or.reduce([chosen[setting] for setting in rule.settings])
    return setting & (lines.day >= day_number(rule.first)) & (lines.day <= day_number(rule.last or OPEN_END))


def _lines_of(batch: Batch, rule: Rule, fired: Indices) -> tuple[Indices, Indices]:
    """The lines a finding stands on: the line, the column 2 line, every line of the day's code or of the claim,
    the guidance lines beyond an encounter's first."""
    if rule.subject == "line":
        return fired, fired
    if rule.subject == "pair":
        return fired, batch.pair.column_2[fired]
    group: Indices = getattr(batch, rule.subject).group
    chosen = np.isin(group, fired)
    if rule.subject == "encounter":
        chosen &= batch.encounter.beyond_first
    lines = np.flatnonzero(chosen)
    return group[lines], lines
