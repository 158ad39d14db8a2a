"""SNIP types 2 and 3, acknowledgments: categories of the guide, and totals that agree with the claims below."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

import numpy as np
import pyarrow.compute as pc

from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.stream import Piece, is_closed
from trocar.claims.x12.x277 import Acknowledgments
from trocar.core.money import dollars

_TOTALS = (
    ("receiver_accepted", "QTY*90", "accepted", False),
    ("receiver_rejected", "QTY*AA", "rejected", False),
    ("accepted_cents", "AMT*YU", "accepted", True),
    ("rejected_cents", "AMT*YY", "rejected", True),
)


class AcknowledgmentBalance:
    """Follows the batches of one file; a batch is balanced when the next begins or its transaction ends."""

    def __init__(self) -> None:
        self._open: dict[int, dict[str, Any]] = {}
        self._counted: dict[tuple[int, str], tuple[int, int]] = {}

    def findings(self, piece: Piece, read: Acknowledgments, types: Set[int]) -> Iterator[Finding]:
        """What is wrong with the acknowledgments of a piece."""
        if 2 in types:
            yield from _categories(piece, read)
        if 3 not in types:
            return
        for row in read.batches.to_pylist():
            self._open[row["batch"]] = row | _places(piece, row["segment"])
        for row in read.claims.select(["batch", "outcome", "charge_cents"]).to_pylist():
            key = row["batch"], row["outcome"]
            count, charge = self._counted.get(key, (0, 0))
            self._counted[key] = count + 1, charge + (row["charge_cents"] or 0)
        last = max(self._open, default=0)
        ended = is_closed(piece, "277CA")
        for batch in [number for number in sorted(self._open) if ended or number < last]:
            yield from self._batch(piece, self._open.pop(batch))

    def _batch(self, piece: Piece, row: dict[str, Any]) -> Iterator[Finding]:
        for column, element, outcome, is_money in _TOTALS:
            stated = row[column]
            if stated is None or not (is_money or stated.isdecimal()):
                continue
            counted = self._counted.get((row["batch"], outcome), (0, 0))[is_money]
            if int(stated) != counted:
                shown = (dollars(int(stated)), dollars(counted)) if is_money else (stated, counted)
                filled: dict[str, Any] = {"stated": shown[0], "counted": f"{shown[1]} among the claims below"}
                segment, filled["byte"] = row[element]
                yield finding("XS309", piece.file, None, segment, element=element, loop="2200B", **filled)


def _places(piece: Piece, segment: int) -> dict[str, tuple[int, int]]:
    """Segment and byte of each total of the batch that begins at a segment."""
    answer = {}
    for _, element, _, _ in _TOTALS:
        rows = piece.new_rows(node_of("277CA", "2200B", element).index)
        at = int(np.searchsorted(piece.segments.ordinal[rows], segment))
        if at < len(rows):
            answer[element] = int(piece.segments.ordinal[rows[at]]), int(piece.segments.start[rows[at]])
    return answer


def _categories(piece: Piece, read: Acknowledgments) -> Iterator[Finding]:
    wrong = pc.invert(pc.match_substring_regex(read.statuses["category"], "^[AE]"))
    for row in read.statuses.filter(wrong).to_pylist():
        yield finding(
            "XS208", piece.file, None, row["segment"], byte=row["byte"], element="STC01-1", value=row["category"]
        )  # fmt: skip
