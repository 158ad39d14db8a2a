"""The lines of every claim met so far in a file: numbers the next ones and knows which stand there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

# Lines of one claim in neighbouring rows with neighbouring numbers are one entry: 36 bytes for a claim whose lines
# stand together, whatever their count. A claim is known by two independent 64-bit hashes of its id: that two ids of
# a file of 100 million lines share both has a chance below 1 in 10**22.
_ENTRY = np.dtype(
    [("hash", "<i8"), ("check", "<i8"), ("row", "<i8"), ("line", "<i8"), ("count", "<i4")],
)
# Beyond this size runs are no longer merged, so that a merge never needs much memory for its copy.
_LARGEST_MERGE = 2_000_000


class Ledger:
    """Counts and remembers the lines of a file that is read in chunks; rows may stand in any order of claims."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[Any]] = []  # each sorted by hash, the later the smaller
        self._numbered_last: tuple[Integers, Integers, Integers, Integers] | None = None

    def number(
        self, claim_ids: Sequence[str], claims: Integers, given: Integers, rows: Integers
    ) -> tuple[Integers, Integers]:
        """The line number of each row, and the first row of the file with the same claim and line.

        ``claims`` are indices into the distinct ``claim_ids``, ``given`` the numbers the rows state (0 where they
        state none: they then follow the row before in their claim), ``rows`` rise from call to call.
        """
        identity = np.empty((len(claim_ids), 2), np.int64)
        identity[:, 0] = np.fromiter(map(hash, claim_ids), np.int64, len(claim_ids))
        identity[:, 1] = np.fromiter((hash(claim_id + "\0") for claim_id in claim_ids), np.int64, len(claim_ids))
        # What was numbered last is kept when more comes: most files are one block.
        if self._numbered_last is not None:
            self._keep(*self._numbered_last)
        before = self._met(identity)
        claims, given, rows = (
            np.concatenate([earlier, now]) for earlier, now in zip(before, (claims, given, rows), strict=True)
        )
        order = np.lexsort((rows, claims))
        claims, rows = claims[order], rows[order]
        lines = _numbered(claims, given[order])
        first_rows = _first_rows(claims, lines, rows)
        new = order >= len(before[0])
        self._numbered_last = identity, claims[new], lines[new], rows[new]
        answers = np.empty((2, len(order)), np.int64)
        answers[:, order] = lines, first_rows
        return answers[0, len(before[0]) :], answers[1, len(before[0]) :]

    def _met(self, identity: Integers) -> tuple[Integers, Integers, Integers]:
        """Every line met so far of these claims: index of the claim, line and row."""
        found = [np.empty((3, 0), np.int64)]
        order = np.argsort(identity[:, 0])  # sought in order, neighbours are found near each other
        sought = identity[order, 0]
        for run in self._runs:
            start = np.searchsorted(run["hash"], sought, "left")
            count = np.searchsorted(run["hash"], sought, "right") - start
            claims, at = _expanded(start, count)
            claims = order[claims]
            entries = run[at]
            same = entries["check"] == identity[claims, 1]
            claims, entries = claims[same], entries[same]
            entry, line = _expanded(entries["line"], entries["count"].astype(np.int64))
            found.append(np.stack([claims[entry], line, entries["row"][entry] + line - entries["line"][entry]]))
        claims, lines, rows = np.concatenate(found, axis=1)
        return claims, lines, rows

    def _keep(self, identity: Integers, claims: Integers, lines: Integers, rows: Integers) -> None:
        if not len(claims):
            return
        starts = np.ones(len(claims), bool)
        starts[1:] = (np.diff(claims) != 0) | (np.diff(lines) != 1) | (np.diff(rows) != 1)
        (first,) = np.nonzero(starts)
        run = np.empty(len(first), _ENTRY)
        run["hash"], run["check"] = identity[claims[first]].T
        run["row"], run["line"] = rows[first], lines[first]
        run["count"] = np.diff(np.append(first, len(claims)))
        run = run[np.argsort(run["hash"], kind="stable")]
        while self._runs and len(self._runs[-1]) <= 2 * len(run) <= _LARGEST_MERGE:
            run = np.concatenate([self._runs.pop(), run])
            run = run[np.argsort(run["hash"], kind="stable")]
        self._runs.append(run)


def _expanded(start: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Every whole number of the ranges ``start`` to ``start + count``, beside the index of its range."""
    index = np.repeat(np.arange(len(start)), count)
    offset = np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)
    return index, start[index] + offset


def _numbered(claims: Integers, given: Integers) -> Integers:
    """A row without a number follows the row before it in its claim; the first of a claim is then line 1."""
    if given.all():
        return given
    position = np.arange(len(claims))
    states = given > 0
    states[:1] = True
    states[1:] |= np.diff(claims) != 0
    last = np.maximum.accumulate(np.where(states, position, 0))
    return np.maximum(given, 1)[last] + position - last


def _first_rows(claims: Integers, lines: Integers, rows: Integers) -> Integers:
    """The first row with the same claim and line; the rows come sorted by claim and row."""
    if ((np.diff(claims) != 0) | (np.diff(lines) > 0)).all():
        return rows  # the lines of each claim rise: none can repeat
    order = np.lexsort((rows, lines, claims))
    new = np.ones(len(rows), bool)
    new[1:] = (np.diff(claims[order]) != 0) | (np.diff(lines[order]) != 0)
    first = np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))
    answer = np.empty_like(rows)
    answer[order] = rows[order][first]
    return answer
