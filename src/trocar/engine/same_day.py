"""What the other lines of a claim-day say of a line."""

from __future__ import annotations

import numpy as np

from trocar.core.once import once
from trocar.engine.line import Line
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices, Neighbours, any_by_left
from trocar.engine.pair import SIDES, edits_between

# Modifiers by which a line says that it is a service of its own, or a true repeat, and no duplicate.
NOT_A_DUPLICATE = ("59", "XE", "XP", "XS", "XU", "76", "77", "91")
OF_ANOTHER_MATTER = ("24", "25", "78", "79")
# Attachment A of RVU25D.pdf: statuses the fee schedule or the contractor pays for; T is what is asked about.
PAID_BY_THE_SCHEDULE = "ARC"


class SameDay:
    """Facts of each line against its neighbours; lines without a practitioner count as the same practitioner's."""

    def __init__(self, line: Line, neighbours: Neighbours) -> None:
        self.line = line
        self.neighbours = neighbours

    @once
    def _repeat(self) -> Bools:
        """Per neighbour pair: the right line comes earlier and is the left one again."""
        lines, left, right = self.line.lines, self.neighbours.left, self.neighbours.right
        code = lines.hcpcs.numbers
        same = (right < left) & (code[left] == code[right])
        if not np.count_nonzero(same):
            return same
        order: dict[tuple[str, ...], int] = {}
        modifiers = lines.by_modifiers(lambda given: order.setdefault(tuple(sorted(given)), len(order)), np.int64)
        same &= lines.same_practitioner & (modifiers[left] == modifiers[right])
        for name in ("place_of_service", "setting"):
            numbers = lines.texts(name).numbers
            same &= numbers[left] == numbers[right]
        return same

    @once
    def repeats_earlier(self) -> Bools:
        """An earlier line of the claim-day has the same code, modifiers, place and practitioner.

        A line that says by modifier (59, X, 76, 77, 91) that it is a service of its own repeats nothing.
        """
        return any_by_left(self.neighbours, self._repeat, len(self.line)) & ~self.line.lines.has(*NOT_A_DUPLICATE)

    def repeated_line(self, line: int) -> int:
        """The first line that a repeating line repeats."""
        run = self.neighbours.of_line(line)
        return int(self.neighbours.right[run][self._repeat[run]].min())

    def has_companion(self, payable: Bools) -> Bools:
        """Another line of the same practitioner that day is one of some payable lines."""
        return any_by_left(self.neighbours, self._companions(payable), len(self.line))

    def paid_by_the_schedule(self) -> Bools:
        """Lines that the fee schedule or the contractor pays: neither status T nor denied."""
        paid = self.line.indicator_is("status", PAID_BY_THE_SCHEDULE)
        return paid & self.line.lines.is_practitioner & ~self.line.denied

    def pairs_with_period(self, lines: Bools, *periods: bytes) -> Indices:
        """Positions of the neighbour pairs of some lines and the same practitioner's other line of some global periods.

        A line that says by modifier (59, X, 76, 77, 91, 78, 79, 24, 25) that it is a service of its own is in none, nor
        is a pair that an edit ties: the edit rules speak of it.
        """
        asked = lines & ~self.line.lines.has(*NOT_A_DUPLICATE, *OF_ANOTHER_MATTER)
        (pairs,) = asked[self.neighbours.left].nonzero()
        if not len(pairs):
            return pairs
        of_period = self.line.global_days_are(*periods)[self.neighbours.right[pairs]]
        met = of_period & self.line.lines.same_practitioner[pairs]
        pairs = pairs[met & ~lines[self.neighbours.right[pairs]]]
        if not len(pairs):
            return pairs
        left, right = self.neighbours.left[pairs], self.neighbours.right[pairs]
        tied = (edits_between(self.line, right, left).state > 0) | (edits_between(self.line, left, right).state > 0)
        return pairs[~tied]

    def any_of(self, pairs: Indices) -> Bools:
        """The left lines of some neighbour pairs."""
        answer = np.zeros(len(self.line), np.bool_)
        answer[self.neighbours.left[pairs]] = True
        return answer

    @once
    def other_side_apart(self) -> Bools:
        """A line on the left whose code another line of the same practitioner has on the right."""
        right, left = (self.line.lines.has(side) for side in SIDES)
        if not (np.count_nonzero(right) and np.count_nonzero(left)):
            return np.zeros(len(self.line), np.bool_)
        (pairs,) = (left & ~right)[self.neighbours.left].nonzero()
        one, other = self.neighbours.left[pairs], self.neighbours.right[pairs]
        code = self.line.lines.hcpcs.numbers
        met = (right & ~left)[other] & (code[one] == code[other])
        return self.any_of(pairs[met & self.line.lines.same_practitioner[pairs]])

    def _companions(self, payable: Bools) -> Bools:
        return self.line.lines.same_practitioner & payable[self.neighbours.right]
