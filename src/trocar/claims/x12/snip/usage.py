"""SNIP type 2: which segments and loops the guide requires, how often they may stand, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import UNREAD, Loop, Node, guides
from trocar.claims.x12.stream import Piece, Rows, owners


class Usage:
    """Follows the loops of one file; of those that go on in the next piece it knows what they have had so far."""

    def __init__(self) -> None:
        self._had: set[int] = set()

    def findings(self, piece: Piece) -> Iterator[Finding]:
        """What the guides ask of the new loops of a piece; the envelopes are checked by type 1."""
        law = guides()
        for loop in law.loops:
            if loop.guide in ("envelope", UNREAD):
                continue
            begins = piece.rows(loop.nodes[0].index)
            if loop.id not in ("ST", "SE"):
                yield from self._loops(piece, loop, begins)
            if not len(begins):
                continue
            for node in loop.nodes[1:]:
                yield from _segments(piece, loop, node, begins)
        yield from _order(piece)

    def _loops(self, piece: Piece, loop: Loop, begins: Rows) -> Iterator[Finding]:
        """A loop is there as often as the guide says, in each loop above."""
        law = guides()
        above = [law.loops[parent] for parent in loop.parents]
        parents = piece.rows(*[one.nodes[0].index for one in above])
        if not len(parents) or not (len(begins) or loop.required):
            return
        owner = owners(parents, begins)
        count = np.bincount(_valid(owner), minlength=len(parents))
        known = piece.segments.known
        if loop.required:
            if parents[0] < known and loop.index in self._had:
                count[0] += 1
            # What may still come in the next piece is not missing yet.
            closed = len(parents) if piece.last else len(parents) - 1
            for at in np.flatnonzero(count[:closed] == 0).tolist():
                words = {"parent": above[0].id, "segment": loop.nodes[0].name}
                yield _says(piece, "XS204", int(parents[at]), loop, **words)
            self._had.discard(loop.index)
            if closed < len(parents) and count[-1]:
                self._had.add(loop.index)
        for at in np.flatnonzero(count > loop.most).tolist():
            last = int(begins[np.searchsorted(owner, at, "right") - 1])
            if last >= known:
                yield _says(piece, "XS205", last, loop, parent=above[0].id, count=int(count[at]), most=loop.most)


def _segments(piece: Piece, loop: Loop, node: Node, begins: Rows) -> Iterator[Finding]:
    """A segment is there as often as the guide says, in each loop."""
    rows = piece.rows(node.index)
    if not len(rows) and not node.required:
        return
    count = np.bincount(_valid(owners(begins, rows)), minlength=len(begins))
    known = piece.segments.known
    if node.required:
        for at in np.flatnonzero(count == 0).tolist():
            if begins[at] >= known:
                yield _says(piece, "XS202", int(begins[at]), loop, segment=node.name)
    for at in np.flatnonzero(count > node.most).tolist():
        last = int(rows[np.searchsorted(owners(begins, rows), at, "right") - 1])
        if last >= known:
            yield _says(piece, "XS203", last, loop, segment=node.name, count=int(count[at]), most=node.most)


def _order(piece: Piece) -> Iterator[Finding]:
    """The segments of a loop stand in the order of the guide, before the loops within it."""
    law = guides()
    loop_of = np.array([-1 if node is None else node.loop for node in law.nodes])
    rank_of = np.array([0 if node is None else node.rank for node in law.nodes])
    anywhere = np.array(
        [node is None or node.begins or _may_come_last(law.loops[node.loop], node) for node in law.nodes]
    )
    placed = np.flatnonzero(piece.node)
    nodes = piece.node[placed]
    wrong = ((np.diff(loop_of[nodes]) != 0) | (np.diff(rank_of[nodes]) < 0)) & ~anywhere[nodes[1:]]
    for at in (np.flatnonzero(wrong) + 1).tolist():
        row = int(placed[at])
        if row >= piece.segments.known:
            node, before = law.nodes[int(nodes[at])], law.nodes[int(nodes[at - 1])]
            assert node is not None
            assert before is not None
            yield _says(piece, "XS206", row, law.loops[node.loop], segment=node.segment, before=before.segment)


def _may_come_last(loop: Loop, node: Node) -> bool:
    return (
        loop.guide in ("envelope", UNREAD) or node.segment == "IK5"
    )  # what a 999 says of a transaction follows its errors


def _valid(owner: Rows) -> Rows:
    return owner[owner >= 0]


def _says(piece: Piece, rule: str, at: int, loop: Loop, **filled: Any) -> Finding:
    element = str(filled.get("segment", "")).partition("*")[0] if rule in ("XS203", "XS206") else ""
    return finding(rule, piece.file, piece.segments, at, loop=loop.id, element=element, **filled)
