"""SNIP type 3, remittances: lines, claims and payments balance to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.findings import Finding, finding
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.stream import Piece, is_closed
from trocar.claims.x12.values import is_value
from trocar.claims.x12.x835 import Remittances
from trocar.core.money import dollars

_REVERSAL = "22"
_DEBIT = "D"


class PaymentBalance:
    """Balances the remittances of one file; a payment is balanced when its transaction ends."""

    def __init__(self) -> None:
        self._paid: dict[int, int] = {}
        self._adjusted: dict[int, int] = {}
        self._stated: dict[int, tuple[int | None, bool, int, int]] = {}

    def findings(self, piece: Piece, tables: Remittances) -> Iterator[Finding]:
        """Where the rows of a piece do not balance."""
        yield from _lines(piece, tables)
        yield from _claims(piece, tables)
        columns = ["payment", "paid_cents", "credit_or_debit", "segment", "byte"]
        for row in tables.payments.select(columns).to_pylist():
            paid, place = row["paid_cents"], _place_of(piece, row["segment"], row["byte"])
            self._stated[row["payment"]] = paid, row["credit_or_debit"] == _DEBIT, *place
        _add(self._paid, tables.claims, "paid_cents")
        _add(self._adjusted, tables.provider_adjustments, "amount_cents")
        last = max(self._stated, default=0)
        for payment in sorted(self._stated):
            if payment < last or is_closed(piece, "835"):
                yield from self._payment(piece, payment)

    def _payment(self, piece: Piece, payment: int) -> Iterator[Finding]:
        stated, is_debit, segment, byte = self._stated.pop(payment)
        paid, adjusted = self._paid.pop(payment, 0), self._adjusted.pop(payment, 0)
        if stated is None:
            return
        at: dict[str, Any] = {"element": "BPR02", "loop": "ST", "byte": byte}
        if stated < 0:
            yield finding("XS308", piece.file, None, segment, stated=dollars(stated), **at)
        # A debit takes the amount from the provider's account.
        if paid - adjusted != (-stated if is_debit else stated):
            yield finding(
                "XS305", piece.file, None, segment, paid=dollars(paid), adjusted=dollars(adjusted),
                counted=dollars(paid - adjusted), stated=dollars(stated), **at,
            )  # fmt: skip


def _place_of(piece: Piece, segment: int, byte: int) -> tuple[int, int]:
    """Segment and byte of the BPR of the payment that begins at a segment; its own where it has none."""
    rows = piece.new_rows(node_of("835", "ST", "BPR").index)
    ordinals = piece.segments.ordinal[rows]
    at = int(np.searchsorted(ordinals, segment))
    return (int(ordinals[at]), int(piece.segments.start[rows[at]])) if at < len(rows) else (segment, byte)


def _lines(piece: Piece, tables: Remittances) -> Iterator[Finding]:
    lines = tables.lines
    if not lines.num_rows:
        return
    counted = pc.subtract(lines["charge_cents"], lines["adjusted_cents"])
    wrong = pc.fill_null(pc.not_equal(counted, pc.fill_null(lines["paid_cents"], pa.scalar(0, pa.int64()))), False)
    if not pc.any(wrong).as_py():
        return
    ids = dict(zip(tables.claims["claim"].to_pylist(), tables.claims["claim_id"].to_pylist(), strict=True))
    for row in lines.filter(wrong).to_pylist():
        yield _unbalanced("XS303", piece, row, "SVC03", "2110", ids.get(row["claim"]) or "")


def _claims(piece: Piece, tables: Remittances) -> Iterator[Finding]:
    claims = tables.claims
    if not claims.num_rows:
        return
    counted = pc.subtract(claims["charge_cents"], claims["adjusted_cents"])
    wrong = pc.fill_null(pc.not_equal(counted, claims["paid_cents"]), False)
    for row in claims.filter(wrong).to_pylist() if pc.any(wrong).as_py() else ():
        yield _unbalanced("XS304", piece, row, "CLP04", "2100", row["claim_id"] or "")
    totals = np.zeros(claims.num_rows, np.int64)
    own = tables.lines["claim"].to_numpy() - (claims["claim"][0].as_py())
    np.add.at(totals, own, tables.lines["charge_cents"].fill_null(0).to_numpy())
    stated = claims["charge_cents"].fill_null(0).to_numpy()
    has_lines = claims["lines"].to_numpy() > 0
    for at in np.flatnonzero(has_lines & (stated != totals)).tolist():
        row = claims.slice(at, 1).to_pylist()[0]
        filled = {"stated": dollars(int(stated[at])), "counted": dollars(int(totals[at]))}
        yield _of_claim("XS306", piece, row, "CLP03", **filled)
    owed = claims["patient_responsibility_cents"].fill_null(0).to_numpy()
    of_patient = claims["patient_adjusted_cents"].to_numpy()
    reversal = pc.fill_null(is_value(claims["status"], _REVERSAL), False).to_numpy()
    for at in np.flatnonzero((owed != of_patient) & ~reversal).tolist():
        row = claims.slice(at, 1).to_pylist()[0]
        filled = {"stated": dollars(int(owed[at])), "counted": dollars(int(of_patient[at]))}
        yield _of_claim("XS307", piece, row, "CLP05", **filled)


def _unbalanced(rule: str, piece: Piece, row: dict[str, Any], element: str, loop: str, claim_id: str) -> Finding:
    charge, adjusted, paid = row["charge_cents"], row["adjusted_cents"], row["paid_cents"] or 0
    return finding(
        rule, piece.file, None, row["segment"], byte=row["byte"], element=element, loop=loop, claim_id=claim_id,
        charge=dollars(charge), adjusted=dollars(adjusted), counted=dollars(charge - adjusted),
        stated=dollars(paid),
    )  # fmt: skip


def _of_claim(rule: str, piece: Piece, row: dict[str, Any], element: str, **filled: Any) -> Finding:
    at: dict[str, Any] = {"byte": row["byte"], "element": element, "loop": "2100", "claim_id": row["claim_id"] or ""}
    return finding(rule, piece.file, None, row["segment"], **at, **filled)


def _add(totals: dict[int, int], table: pa.Table, column: str) -> None:
    payments, amounts = table["payment"].to_numpy(), table[column].fill_null(0).to_numpy()
    for payment in np.unique(payments).tolist():
        totals[payment] = totals.get(payment, 0) + int(amounts[payments == payment].sum())
