"""Ordered pairs of lines of one claim-day: the raw material of everything that ties two lines together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The most lines an institutional claim can hold. Pairs grow with the square: more lines of one claim and day are no
# claim, and are not compared with each other.
MOST_LINES_OF_A_DAY = 999
Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbours:
    """Every ordered pair (``left``, ``right``) of different lines of one claim-day, as line indices.

    A claim-day of more than ``MOST_LINES_OF_A_DAY`` lines has none.
    """

    left: Indices
    right: Indices

    @classmethod
    def of(cls, claim_day: NDArray[np.int32]) -> Neighbours:
        """All ordered pairs; ``claim_day`` numbers are ascending, so that a claim-day is one run of lines."""
        sizes = np.bincount(claim_day) if len(claim_day) else np.zeros(0, np.int64)
        starts = sizes.cumsum() - sizes
        beside = np.where(sizes > MOST_LINES_OF_A_DAY, 0, sizes)[claim_day]
        left = np.arange(len(claim_day)).repeat(beside)
        first_of_run = beside.cumsum() - beside
        offset = np.arange(len(left)) - first_of_run.repeat(beside)
        right = starts[claim_day[left]] + offset
        apart = left != right
        return cls(left[apart], right[apart])

    def among(self, chosen: Bools) -> Neighbours:
        """The pairs of which both lines are chosen."""
        both = chosen[self.left] & chosen[self.right]
        return Neighbours(self.left[both], self.right[both])

    def of_line(self, line: int) -> slice:
        """The pairs of one left line; ``left`` is ascending, so that they are one run."""
        low, high = np.searchsorted(self.left, [line, line + 1])
        return slice(int(low), int(high))


def any_by_left(neighbours: Neighbours, tied: Bools, length: int) -> Bools:
    """For each line, whether it is the left of any tied pair."""
    answer = np.zeros(length, np.bool_)
    answer[neighbours.left[tied]] = True
    return answer
