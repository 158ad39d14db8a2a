"""The order of answers: by input row, then kind, then words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trocar.engine.neighbours import Indices


def by_row(rows: Indices, kinds: Indices, words: Callable[[int], str]) -> Indices:
    """Positions by row, then kind, then words; words are only asked for where row and kind are alike."""
    key = rows * (int(kinds.max(initial=0)) + 1) + kinds
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    (alike,) = (ordered[1:] == ordered[:-1]).nonzero()
    if len(alike):
        tied = np.union1d(alike, alike + 1)
        order[tied] = sorted(order[tied].tolist(), key=lambda at: (int(key[at]), words(at)))
    return order
