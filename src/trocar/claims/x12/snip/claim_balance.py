"""SNIP type 3, claims: the charge of a claim is the sum of its lines, and another payer's money adds up to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.values import Cents, Marks, cents
from trocar.core.money import dollars

_CHARGE = {"837P": ("SV1", 2), "837I": ("SV2", 3)}
_TRIPLETS = 6


def claim_balances(piece: Piece) -> Iterator[Finding]:
    """Where charges or another payer's payment and adjustments do not add up; unreadable amounts are type 1's."""
    for guide in _CHARGE:
        claims = piece.new_rows(node_of(guide, "2300", "CLM").index)
        if len(claims):
            yield from _charges(piece, guide, claims)
            yield from _other_payers(piece, guide, claims)


def _charges(piece: Piece, guide: str, claims: Rows) -> Iterator[Finding]:
    segments = piece.segments
    stated, empty, bad = cents(segments.element(claims, 2))
    lines, charges, wrong = _line_charges(piece, guide)
    owner = owners(claims, lines)
    total = np.zeros(len(claims), np.int64)
    np.add.at(total, owner[owner >= 0], charges[owner >= 0])
    unknown = empty | bad
    unknown[owner[wrong & (owner >= 0)]] = True
    count = np.bincount(owner[owner >= 0], minlength=len(claims))
    for at in np.flatnonzero((stated != total) & ~unknown).tolist():
        words: dict[str, Any] = {
            "stated": dollars(int(stated[at])),
            "counted": dollars(int(total[at])),
            "lines": int(count[at]),
        }
        words["claim_id"] = _claim(piece, claims, at)
        yield finding("XS301", piece.file, segments, int(claims[at]), element="CLM02", loop="2300", **words)


def _line_charges(piece: Piece, guide: str) -> tuple[Rows, Cents, Marks]:
    name, position = _CHARGE[guide]
    rows = piece.new_rows(node_of(guide, "2400", name).index)
    amounts, empty, bad = cents(piece.segments.element(rows, position))
    return rows, amounts, empty | bad


def _other_payers(piece: Piece, guide: str, claims: Rows) -> Iterator[Finding]:
    """2430: paid + adjustments = charge of the line; 2320: those of claim and lines = charge of the claim."""
    segments = piece.segments
    payers = piece.new_rows(node_of(guide, "2320", "SBR").index)
    if not len(payers):
        return
    paid_rows = piece.new_rows(node_of(guide, "2430", "SVD").index)
    line_paid, _, bad_paid = cents(segments.element(paid_rows, 2))
    line_adjusted = _adjusted(piece, node_of(guide, "2430", "CAS").index, paid_rows)
    lines, charges, wrong = _line_charges(piece, guide)
    of_line = owners(lines, paid_rows)
    for at in range(len(paid_rows)):
        line = int(of_line[at])
        if line < 0 or bad_paid[at] or wrong[line] or line_paid[at] + line_adjusted[at] == charges[line]:
            continue
        claim = int(owners(claims, paid_rows[at : at + 1])[0])
        yield _unbalanced(piece, "SVD02", "2430", int(paid_rows[at]), _claim(piece, claims, claim),
                          int(line_paid[at]), int(line_adjusted[at]), int(charges[line]))  # fmt: skip
    ids = segments.texts(paid_rows, 1)
    of_claim = owners(claims, paid_rows)
    by_payer: dict[tuple[int, str], int] = {}
    for at, payer in enumerate(ids):
        key = int(of_claim[at]), payer
        by_payer[key] = by_payer.get(key, 0) + int(line_adjusted[at])
    yield from _claim_level(piece, guide, claims, payers, by_payer)


def _claim_level(
    piece: Piece, guide: str, claims: Rows, payers: Rows, by_payer: dict[tuple[int, str], int]
) -> Iterator[Finding]:
    segments = piece.segments
    stated, _, bad = cents(segments.element(claims, 2))
    adjusted = _adjusted(piece, node_of(guide, "2320", "CAS").index, payers)
    names = piece.new_rows(node_of(guide, "2330B", "NM1*PR").index)
    named = dict(zip(owners(payers, names).tolist(), segments.texts(names, 9), strict=True))
    rows = piece.new_rows(node_of(guide, "2320", "AMT*D").index)
    paid, _, bad_paid = cents(segments.element(rows, 2))
    for at, payer in enumerate(owners(payers, rows).tolist()):
        claim = int(owners(claims, payers[payer : payer + 1])[0]) if payer >= 0 else -1
        if claim < 0 or bad[claim] or bad_paid[at]:
            continue
        every = int(adjusted[payer]) + by_payer.get((claim, named.get(payer, "")), 0)
        if int(paid[at]) + every != int(stated[claim]):
            yield _unbalanced(piece, "AMT02", "2320", int(rows[at]), _claim(piece, claims, claim),
                              int(paid[at]), every, int(stated[claim]))  # fmt: skip


def _unbalanced(
    piece: Piece, element: str, loop: str, at: int, claim_id: str, paid: int, adjusted: int, stated: int
) -> Finding:
    return finding(
        "XS302", piece.file, piece.segments, at, element=element, loop=loop, claim_id=claim_id, paid=dollars(paid),
        adjusted=dollars(adjusted), counted=dollars(paid + adjusted), stated=dollars(stated),
    )  # fmt: skip


def _adjusted(piece: Piece, node: int, begins: Rows) -> Cents:
    """The sum of all adjustment amounts after each beginning."""
    rows = piece.new_rows(node)
    total = np.zeros(len(begins), np.int64)
    for triplet in range(_TRIPLETS):
        held = rows[piece.segments.count[rows] > 3 + 3 * triplet]
        amounts, _, _ = cents(piece.segments.element(held, 3 + 3 * triplet))
        owner = owners(begins, held)
        np.add.at(total, owner[owner >= 0], amounts[owner >= 0])
    return total


def _claim(piece: Piece, claims: Rows, at: int) -> str:
    return piece.segments.texts(claims[at : at + 1], 1)[0] if at >= 0 else ""
