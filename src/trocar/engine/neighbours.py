"""Ordered pairs of lines of one claim-day: the raw material of everything that ties two lines together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Neighbours:
    """Every ordered pair (``left``, ``right``) of different lines of one claim-day, as line indices."""

    left: Indices
    right: Indices

    @classmethod
    def of(cls, claim_day: NDArray[np.int32]) -> Neighbours:
        """All ordered pairs; ``claim_day`` numbers are ascending, so that a claim-day is one run of lines."""
        sizes = np.bincount(claim_day) if len(claim_day) else np.zeros(0, np.int64)
        starts = np.cumsum(sizes) - sizes
        left = np.repeat(np.arange(len(claim_day)), sizes[claim_day])
        first_of_run = np.cumsum(sizes[claim_day]) - sizes[claim_day]
        offset = np.arange(len(left)) - np.repeat(first_of_run, sizes[claim_day])
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
