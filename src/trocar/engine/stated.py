"""What the policy manual says of codes that stand together on a claim-day (``law.stated_pairs``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trocar.engine.dated_rows import ACTIVE
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices, Neighbours
from trocar.engine.pair import DISTINCT_SERVICE, SIDES, STAGED, edits_between
from trocar.reference.law import StatedPair

# One bit per statement; so many fit a word with its sign left alone.
_WORD = 62
_MASK = (1 << _WORD) - 1
Words = NDArray[np.int64]
_NONE = np.zeros(0, np.int64)


class Stated:
    """Pairs (``told``, ``beside``) of one practitioner's lines that a statement of the manual ties.

    A pair is left to the edit tables where an edit is in force, in either direction, and to the claim where a modifier
    says that the two were apart: 59, X{EPSU} or 58 on either line, another NCCI modifier on the told one, or two sides.
    ``statement`` is the position of the statement among ``law.stated_pairs``.
    """

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        self.neighbours = neighbours
        words = [self._of_word(first) for first in range(0, len(line.law.stated_pairs), _WORD)]
        told, beside, statement = (np.concatenate(column) for column in zip((_NONE,) * 3, *words, strict=True))
        # Most claims have no such pair.
        kept = np.flatnonzero(~self._apart(told, beside) & ~self._edited(told, beside)) if len(told) else _NONE
        self.told: Indices = told[kept]
        self.beside: Indices = beside[kept]
        self.statement: Indices = statement[kept]

    def _of_word(self, first: int) -> tuple[Indices, Indices, Indices]:
        """The pairs of the statements of one word, by statement."""
        told, beside = self._bits(first, "told"), self._bits(first, "beside")
        left, right = self.neighbours.left, self.neighbours.right
        some = np.flatnonzero(told[left] & beside[right])
        if not len(some):
            return _NONE, _NONE, _NONE
        some = some[self.line.lines.same_practitioner[some]]
        met = told[left[some]] & beside[right[some]]
        also, unless = self._bits(first, "also"), self._bits(first, "unless")
        day = self.line.lines.claim_day
        starts = np.flatnonzero(np.diff(day, prepend=-1))
        pairs = self.line.law.stated_pairs[first : first + _WORD]
        asked = np.int64(sum(1 << at for at, pair in enumerate(pairs) if pair.also))
        held = np.bitwise_or.reduceat(also, starts)[day] | ~asked
        met &= held[left[some]] & ~np.bitwise_or.reduceat(unless, starts)[day][left[some]]
        of_each = [np.flatnonzero(met & np.int64(1 << at)) for at in range(len(pairs))]
        which = some[np.concatenate(of_each)]
        statement = np.repeat(np.arange(len(pairs)) + first, [len(one) for one in of_each])
        return left[which], right[which], statement

    def _bits(self, first: int, side: str) -> Words:
        """Per billed line, one bit for each statement of the word from ``first`` that names its code on a side."""
        of_code = self.line.law.stated_of_code[side]
        bits: Words = self.line.lines.hcpcs.map(lambda code: of_code.get(code, 0) >> first & _MASK, np.int64)
        return np.where(self.line.lines.billed, bits, 0)

    def _apart(self, told: Indices, beside: Indices) -> Bools:
        lines = self.line.lines
        right, left = (lines.has(side) for side in SIDES)
        opposite = (right[told] & left[beside] & ~left[told]) | (left[told] & right[beside] & ~right[told])
        said = lines.has_any(self.line.law.bypass_modifiers - frozenset(SIDES))[told]
        return opposite | said | lines.has_any(DISTINCT_SERVICE | STAGED)[beside]

    def _edited(self, told: Indices, beside: Indices) -> Bools:
        answer: Bools = edits_between(self.line, beside, told).state == ACTIVE
        return answer | (edits_between(self.line, told, beside).state == ACTIVE)

    def _of_rule(self, rule: str) -> Indices:
        """Positions of the pairs that the statements of one rule tie."""
        if not len(self.statement):
            return _NONE
        of_rule = np.array([pair.rule == rule for pair in self.line.law.stated_pairs])
        return np.flatnonzero(of_rule[self.statement])

    def of(self, rule: str) -> Bools:
        """The lines that the statements of one rule speak of; none where the law has no statement of it."""
        answer = np.zeros(len(self.line), np.bool_)
        answer[self.told[self._of_rule(rule)]] = True
        return answer

    def first_of(self, rule: str, lines: Indices) -> tuple[Indices, list[StatedPair]]:
        """For each of some lines that a rule speaks of, the first line beside it, and the statement."""
        pairs = self._of_rule(rule)
        order = pairs[np.lexsort((self.beside[pairs], self.told[pairs]))]
        at = order[np.searchsorted(self.told[order], lines)]
        return self.beside[at], [self.line.law.stated_pairs[one] for one in self.statement[at].tolist()]
