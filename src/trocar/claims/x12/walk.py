"""The way of segments through the loops of the guides, a stretch that was met before looked up."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from trocar.claims.x12.guide import NOWHERE, Table, guides

Numbers = npt.NDArray[np.int16]
# A stretch begins at each of these; claims and lines repeat the same few.
_BEGIN = frozenset({"ST", "HL", "CLM", "LX", "CLP", "SVC"})
# So many stretches are remembered, each at most so long: together some 2 MB.
_MOST_KNOWN, _LONGEST = 8192, 48


class _Ways(dict[bytes, "tuple[bytes, _Ways]"]):
    """What a stretch of kinds is from one state: the nodes, and the ways from the state after it."""

    def __init__(self, walker: _Walker, table: Table) -> None:
        super().__init__()
        self._walker, self._table = walker, table

    def __missing__(self, stretch: bytes) -> tuple[bytes, _Ways]:
        step = NOWHERE, self._table
        nodes = [(step := step[1][kind])[0] for kind in np.frombuffer(stretch, np.int16).tolist()]
        found = np.array(nodes, np.int16).tobytes(), self._walker.ways_from(step[1])
        if len(nodes) <= _LONGEST:
            self._walker.remember(self, stretch, found)
        return found


class _Walker:
    def __init__(self) -> None:
        law = guides()
        self._ways: dict[int, _Ways] = {}
        self._known = 0
        self.start = self.ways_from(law.start)
        self.begins = np.zeros(len(law.kinds) + 1, bool)
        self.begins[[kind for (name, _), kind in law.kinds.items() if name in _BEGIN]] = True

    def ways_from(self, table: Table) -> _Ways:
        if id(table) not in self._ways:  # a table lives as long as the guides do
            self._ways[id(table)] = _Ways(self, table)
        return self._ways[id(table)]

    def remember(self, ways: _Ways, stretch: bytes, found: tuple[bytes, _Ways]) -> None:
        if self._known >= _MOST_KNOWN:
            self._known = 0
            for one in self._ways.values():
                one.clear()
        self._known += 1
        ways[stretch] = found


@cache
def _walker() -> _Walker:
    return _Walker()


def walk(kinds: Numbers) -> Numbers:
    """The node of every segment by its kind, from the state before any interchange; 0 where it has no place."""
    walker = _walker()
    text, size = kinds.tobytes(), kinds.itemsize
    stops = [*(np.flatnonzero(walker.begins.take(kinds)) * size).tolist(), len(text)]
    step = b"", walker.start
    nodes = [(step := step[1][text[start:stop]])[0] for start, stop in zip([0, *stops], stops, strict=False)]
    return np.frombuffer(b"".join(nodes), np.int16)
