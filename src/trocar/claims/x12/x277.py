"""Acknowledgments as tables: what a payer says of each claim (277CA), of each transaction (999), of the file (TA1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.columns import above, column_specs, columns_of, from_above
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.stream import Piece, Rows, owners
from trocar.claims.x12.values import cents, component, first_days, or_null
from trocar.claims.x12.x837 import table

ACCEPTED = frozenset({"A0", "A1", "A2"})
REJECTED = frozenset({"A3", "A4", "A6", "A7", "A8"})
_LEVELS = (("batch", "2200B"), ("provider", "2200C"), ("claim", "2200D"), ("line", "2220D"))
_text, _long, _day = pa.string(), pa.int64(), pa.date32()
_PLACE = (("segment", _long), ("byte", _long))


def _schema(kind: pa.DataType, names: str, *others: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([*((name, kind) for name in names.split()), *others, *_PLACE])


BATCHES = _schema(
    _text,
    "batch_id receiver_accepted receiver_rejected",
    ("batch", _long),
    ("accepted_cents", _long),
    ("rejected_cents", _long),
)
CLAIMS = _schema(
    _text,
    "claim_id payer_claim_control_number clearinghouse_number bill_type outcome",
    *(("batch", _long), ("claim", _long), ("charge_cents", _long)),
    *(("service_start_date", _day), ("service_end_date", _day)),
)
STATUSES = _schema(
    _text,
    "level category status entity action hcpcs",
    *(("batch", _long), ("claim", _long), ("amount_cents", _long), ("on", _day)),
)
TRANSACTIONS = _schema(_text, "group_control_number group_code transaction transaction_control_number outcome")
ERRORS = _schema(
    _text,
    "transaction_control_number in_segment at_segment in_loop segment_error element element_reference element_error",
)
INTERCHANGES = _schema(_text, "interchange_control_number outcome note")


@dataclass(frozen=True)
class Acknowledgments:
    """The rows of one piece. ``claim_id`` (2200D TRN02) joins to CLM01, ``batch_id`` (2200B TRN02) to BHT03.

    ``outcome`` of a claim is accepted, rejected or other; of a transaction and an interchange the code as sent.
    """

    batches: pa.Table
    claims: pa.Table
    statuses: pa.Table
    transactions: pa.Table
    errors: pa.Table
    interchanges: pa.Table


class AcknowledgmentReader:
    """Reads the pieces of one file in order."""

    def __init__(self) -> None:
        self._batches = self._claims = 0

    def read(self, piece: Piece) -> Acknowledgments:
        """The tables of a piece."""
        find = node_of
        every_batch = piece.rows(find("277CA", "2200B", "TRN").index)
        batches = every_batch[every_batch >= piece.segments.known]
        claims = piece.new_rows(find("277CA", "2200D", "TRN").index)
        first_batch = self._batches - (len(every_batch) - len(batches)) + 1
        first_claim = self._claims + 1
        self._batches += len(batches)
        self._claims += len(claims)
        at = _At(every_batch, claims, first_batch, first_claim)
        statuses = _statuses(piece, at)
        return Acknowledgments(
            _batches(piece, every_batch, first_batch).slice(len(every_batch) - len(batches)),
            _claims(piece, at, statuses),
            statuses,
            _transactions(piece),
            _errors(piece),
            _interchanges(piece),
        )


@dataclass(frozen=True)
class _At:
    batches: Rows
    claims: Rows
    first_batch: int
    first_claim: int

    def batch_of(self, rows: Rows) -> pa.Array:
        return pa.array(self.first_batch + owners(self.batches, rows))


def _batches(piece: Piece, rows: Rows, first: int) -> pa.Table:
    made: dict[str, Any] = columns_of(piece, rows, column_specs("277ca_columns", "277CA")["batches"])
    made["batch"] = pa.array(first + np.arange(len(rows)))
    return table(made | _places(piece, rows), BATCHES)


def _claims(piece: Piece, at: _At, statuses: pa.Table) -> pa.Table:
    made: dict[str, Any] = columns_of(piece, at.claims, column_specs("277ca_columns", "277CA")["claims"])
    made["batch"] = at.batch_of(at.claims)
    made["claim"] = pa.array(at.first_claim + np.arange(len(at.claims)))
    own = statuses.filter(pc.equal(statuses["level"], "claim"))
    accepted, rejected = np.zeros(len(at.claims), bool), np.zeros(len(at.claims), bool)
    charge = np.zeros(len(at.claims), np.int64)
    for row in own.to_pylist():
        claim = row["claim"] - at.first_claim
        accepted[claim] |= row["category"] in ACCEPTED
        rejected[claim] |= row["category"] in REJECTED
        charge[claim] = charge[claim] or row["amount_cents"] or 0
    made["outcome"] = pa.array(np.where(rejected, "rejected", np.where(accepted, "accepted", "other")), _text)
    made["charge_cents"] = pa.array(charge)
    return table(made | _places(piece, at.claims), CLAIMS)


def _statuses(piece: Piece, at: _At) -> pa.Table:
    segments, mark = piece.segments, piece.segments.delimiters.component
    services = piece.new_rows(node_of("277CA", "2220D", "SVC").index)
    tables = []
    for level, loop in _LEVELS:
        rows = piece.new_rows(node_of("277CA", loop, "STC").index)
        amounts, empty, bad = cents(segments.element(rows, 4))
        claim = above(at.claims, rows) if level in ("claim", "line") else np.full(len(rows), -1)
        procedures = component(segments.element(services, 1), mark, 2)
        own = owners(services, rows) if level == "line" else np.full(len(rows), -1)
        for element in (1, 10, 11):
            held = segments.count[rows] > element
            code = segments.element(rows[held], element)
            made: dict[str, Any] = {
                "batch": at.batch_of(rows[held]),
                "claim": pa.array(at.first_claim + claim[held], mask=claim[held] < 0),
                "level": pa.array([level] * int(held.sum()), _text),
                "category": or_null(component(code, mark, 1)),
                "status": or_null(component(code, mark, 2)),
                "entity": or_null(component(code, mark, 3)),
                "action": or_null(segments.element(rows[held], 3)),
                "on": first_days(segments.element(rows[held], 2)),
                "amount_cents": pa.array(amounts[held], mask=(empty | bad)[held]),
                "hcpcs": from_above(procedures, own[held]),
            }
            found = table(made | _places(piece, rows[held]), STATUSES)
            tables.append(found.filter(found["category"].is_valid()))
    return pa.concat_tables(tables).sort_by("segment")


def _transactions(piece: Piece) -> pa.Table:
    find, segments = node_of, piece.segments
    groups = piece.rows(find("999", "ST", "AK1").index)
    rows = piece.new_rows(find("999", "2000", "AK2").index)
    answers = piece.new_rows(find("999", "2000", "IK5").index)
    outcome = np.full(len(rows), -1)
    own = owners(rows, answers)
    outcome[own[own >= 0]] = np.flatnonzero(own >= 0)
    group = owners(groups, rows)
    made: dict[str, Any] = {
        "group_control_number": or_null(from_above(segments.element(groups, 2), group)),
        "group_code": or_null(from_above(segments.element(groups, 1), group)),
        "transaction": or_null(segments.element(rows, 1)),
        "transaction_control_number": or_null(segments.element(rows, 2)),
        "outcome": from_above(or_null(segments.element(answers, 1)), outcome),
    }
    return table(made | _places(piece, rows), TRANSACTIONS)


def _errors(piece: Piece) -> pa.Table:
    """One row per segment error, and one per element error; the copied data (IK404) may name a person: not read."""
    find, segments = node_of, piece.segments
    transactions = piece.rows(find("999", "2000", "AK2").index)
    where = piece.new_rows(find("999", "2100", "IK3").index)
    tables = []
    for rows, is_element in ((where, False), (piece.new_rows(find("999", "2110", "IK4").index), True)):
        own = owners(where, rows)
        made: dict[str, Any] = {
            "transaction_control_number": or_null(
                from_above(segments.element(transactions, 2), owners(transactions, rows))
            ),
        }
        for name, element in (("in_segment", 1), ("at_segment", 2), ("in_loop", 3), ("segment_error", 4)):
            made[name] = or_null(from_above(segments.element(where, element), own))
        for name, element in (("element", 1), ("element_reference", 2), ("element_error", 3)):
            made[name] = or_null(segments.element(rows, element)) if is_element else pa.nulls(len(rows), _text)
        tables.append(table(made | _places(piece, rows), ERRORS))
    return pa.concat_tables(tables).sort_by("segment")


def _interchanges(piece: Piece) -> pa.Table:
    rows = piece.new_rows(node_of("envelope", "ISA", "TA1").index)
    asked = (("interchange_control_number", 1), ("outcome", 4), ("note", 5))
    made: dict[str, Any] = {name: or_null(piece.segments.element(rows, element)) for name, element in asked}
    return table(made | _places(piece, rows), INTERCHANGES)


def _places(piece: Piece, rows: Rows) -> dict[str, pa.Array]:
    return {"segment": pa.array(piece.segments.ordinal[rows]), "byte": pa.array(piece.segments.start[rows])}
