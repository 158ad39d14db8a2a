"""Remittances (835) as tables: payments, claims, lines, adjustments, remarks, provider adjustments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.claims.x12.columns import KINDS, column_specs, columns_of
from trocar.claims.x12.guide import node_of
from trocar.claims.x12.masking import Pseudonyms
from trocar.claims.x12.segments import Segments
from trocar.claims.x12.stream import Piece, Rows, numbered, owners
from trocar.claims.x12.values import cents, component, first_days, is_value, or_null

GUIDE = "835"
_TRIPLETS, _PAIRS = 6, 6
# MOA and MIA elements that hold remark codes.
_OF_REMARKS = (("MOA", (3, 4, 5, 6, 7)), ("MIA", (5, 20, 21, 22, 23)))


def _schema(table: str, before: Sequence[tuple[str, pa.DataType]], after: Sequence[tuple[str, pa.DataType]]) -> Any:
    specs = column_specs("835_columns", GUIDE).get(table, {})
    return pa.schema([*before, *((name, KINDS[spec.kind]) for name, spec in specs.items()), *after])


_text, _long, _int = pa.string(), pa.int64(), pa.int32()
_PLACE = (("segment", _long), ("byte", _long))
_OF_CLAIM = (("payment", _long), ("claim", _long))
_OF_LINE = (*_OF_CLAIM, ("line", _int))


def schemas() -> dict[str, pa.Schema]:
    """The schema of every table. ``payment`` and ``claim`` count from 1 in the file, ``line`` in the claim.

    Money is in cents; ``segment`` counts from 1, ``byte`` from 0 in the uncompressed file. In ``adjustments`` and
    ``remarks`` a null ``line`` is the claim's own.
    """
    envelope = [
        ("payment", _long),
        ("file", _text),
        ("interchange_sender", _text),
        ("interchange_control_number", _text),
    ]
    envelope += [("group_control_number", _text), ("transaction_control_number", _text)]
    code = [*_OF_LINE, ("group", _text), ("reason", _text), ("amount_cents", _long), ("quantity", _text)]
    remark = [*_OF_LINE, ("qualifier", _text), ("code", _text)]
    provider = [("payment", _long), ("provider_id", _text), ("fiscal_date", pa.date32()), ("reason", _text)]
    provider += [("reference", _text), ("amount_cents", _long), *_PLACE]
    sums = (("adjusted_cents", _long), ("patient_adjusted_cents", _long))
    return {
        "payments": _schema("payments", envelope, _PLACE),
        "claims": _schema("claims", _OF_CLAIM, [*sums, ("lines", _int), *_PLACE]),
        "lines": _schema("lines", _OF_LINE, [*sums, *_PLACE]),
        "adjustments": pa.schema([*code, ("sequence", _int), *_PLACE]),
        "remarks": pa.schema([*remark, *_PLACE]),
        "provider_adjustments": pa.schema(provider),
    }


@dataclass(frozen=True)
class Remittances:
    """The rows of one piece of a file, each table by its schema."""

    payments: pa.Table
    claims: pa.Table
    lines: pa.Table
    adjustments: pa.Table
    remarks: pa.Table
    provider_adjustments: pa.Table


@dataclass(frozen=True)
class _Nodes:
    """The nodes of the guide that tables are read from."""

    isa: int
    gs: int
    st: int
    clp: int
    svc: int
    plb: int
    cas: tuple[int, int]
    lq: int

    @classmethod
    def of_guide(cls) -> _Nodes:
        def find(loop: str, segment: str, guide: str = GUIDE) -> int:
            return node_of(guide, loop, segment).index

        cas = find("2100", "CAS"), find("2110", "CAS")
        envelope = find("ISA", "ISA", "envelope"), find("GS", "GS", "envelope"), find("ST", "ST")
        return cls(*envelope, find("2100", "CLP"), find("2110", "SVC"), find("PLB", "PLB"), cas, find("2110", "LQ"))


class RemittanceReader:
    """Reads the pieces of one file in order; what it remembers between them are the numbers given so far."""

    def __init__(self, persons: Pseudonyms | None = None) -> None:
        self._persons = persons or Pseudonyms()
        self._schemas = schemas()
        self._specs = column_specs("835_columns", GUIDE)
        self._nodes = _Nodes.of_guide()
        self._payments = 0
        self._claims = 0

    def read(self, piece: Piece) -> Remittances:
        """The tables of a piece; a payment's row stands in the piece in which its claims begin."""
        nodes, known = self._nodes, piece.segments.known
        payments = piece.rows(nodes.st)
        new_payments = payments[payments >= known]
        claims, lines = piece.new_rows(nodes.clp), piece.new_rows(nodes.svc)
        first_payment = self._payments - (len(payments) - len(new_payments)) + 1
        at = _Places(payments, claims, lines, first_payment, self._claims + 1)
        self._payments += len(new_payments)
        self._claims += len(claims)
        adjustments = self._adjustments(piece, at)
        return Remittances(
            self._payments_table(piece, payments, len(payments) - len(new_payments), first_payment),
            self._claims_table(piece, at, adjustments),
            self._lines_table(piece, at, adjustments),
            adjustments,
            self._remarks(piece, at),
            self._provider_adjustments(piece, at),
        )

    def _payments_table(self, piece: Piece, payments: Rows, before: int, first: int) -> pa.Table:
        if before == len(payments):
            return self._schemas["payments"].empty_table()
        made: dict[str, Any] = columns_of(piece, payments, self._specs["payments"])
        segments = piece.segments
        made["payment"] = pa.array(first + np.arange(len(payments)))
        made["file"] = pa.array([piece.file] * len(payments), _text)
        for name, node, element in (
            ("interchange_sender", self._nodes.isa, 6),
            ("interchange_control_number", self._nodes.isa, 13),
            ("group_control_number", self._nodes.gs, 6),
        ):
            made[name] = or_null(_from_above(segments, piece.rows(node), payments, element))
        made["transaction_control_number"] = or_null(segments.element(payments, 2))
        return _table(made | _places(segments, payments), self._schemas["payments"]).slice(before)

    def _claims_table(self, piece: Piece, at: _Places, adjustments: pa.Table) -> pa.Table:
        made: dict[str, Any] = columns_of(piece, at.claims, self._specs["claims"])
        for name in ("patient_id", "subscriber_id"):
            made[name] = self._persons.column(made[name])
        made["payment"], made["claim"] = at.payment_of(at.claims), at.claim_of(at.claims)
        own = adjustments["claim"].to_numpy() - at.first_claim
        made |= _sums(adjustments, own, len(at.claims))
        made["lines"] = pa.array(
            np.bincount(owners(at.claims, at.lines), minlength=len(at.claims))[: len(at.claims)], _int
        )
        return _table(made | _places(piece.segments, at.claims), self._schemas["claims"])

    def _lines_table(self, piece: Piece, at: _Places, adjustments: pa.Table) -> pa.Table:
        made: dict[str, Any] = columns_of(piece, at.lines, self._specs["lines"])
        made["payment"], made["claim"] = at.payment_of(at.lines), at.claim_of(at.lines)
        made["line"] = pa.array(at.line_numbers, _int)
        row = owners(piece.segments.ordinal[at.lines], adjustments["segment"].to_numpy())
        of_line = adjustments["line"].is_valid().to_numpy()
        made |= _sums(adjustments, np.where(of_line, row, -1), len(at.lines))
        return _table(made | _places(piece.segments, at.lines), self._schemas["lines"])

    def _adjustments(self, piece: Piece, at: _Places) -> pa.Table:
        segments, schema = piece.segments, self._schemas["adjustments"]
        found = piece.new_rows(*self._nodes.cas)
        held = [found[segments.count[found] > 2 + 3 * triplet] for triplet in range(_TRIPLETS)]
        rows = np.concatenate(held)
        sequence = np.repeat(np.arange(_TRIPLETS, dtype=np.int32), [len(one) for one in held])
        order = np.argsort(rows * _TRIPLETS + sequence, kind="stable")
        rows, sequence = rows[order], sequence[order]
        amounts, empty, bad = cents(segments.element_at(rows, 3 + 3 * sequence))
        made: dict[str, Any] = at.of(rows, is_line=piece.node[rows] == self._nodes.cas[1])
        made["group"] = or_null(segments.element(rows, 1))
        made["reason"] = or_null(segments.element_at(rows, 2 + 3 * sequence))
        made["amount_cents"] = pa.array(amounts, mask=empty | bad)
        made["quantity"] = or_null(segments.element_at(rows, 4 + 3 * sequence))
        made["sequence"] = pa.array(sequence + 1)
        table = _table(made | _places(segments, rows), schema)
        filled = pc.or_(table["reason"].is_valid(), table["amount_cents"].is_valid())
        return table if pc.all(filled).as_py() else table.filter(filled)

    def _remarks(self, piece: Piece, at: _Places) -> pa.Table:
        segments = piece.segments
        lines = piece.new_rows(self._nodes.lq)
        rows, elements, names = [lines], [np.full(len(lines), 2)], [np.zeros(len(lines), np.int8)]
        for number, (source, places) in enumerate(_OF_REMARKS, 1):
            found = piece.new_rows(node_of(GUIDE, "2100", source).index)
            for place in places:
                held = found[segments.count[found] > place]
                rows.append(held)
                elements.append(np.full(len(held), place))
                names.append(np.full(len(held), number, np.int8))
        every, element, name = np.concatenate(rows), np.concatenate(elements), np.concatenate(names)
        code = or_null(segments.element_at(every, element))
        filled = code.is_valid().to_numpy(zero_copy_only=False)
        order = np.flatnonzero(filled)[np.argsort(every[filled], kind="stable")]
        every, name, code = every[order], name[order], code.take(pa.array(order))
        of_segment = pa.array([segment for segment, _ in _OF_REMARKS]).take(pa.array(np.maximum(name, 1) - 1))
        qualifier = pc.if_else(pa.array(name == 0), segments.element(every, 1), of_segment)
        made: dict[str, Any] = at.of(every, is_line=name == 0)
        made |= {"qualifier": or_null(qualifier), "code": code}
        return _table(made | _places(segments, every), self._schemas["remarks"])

    def _provider_adjustments(self, piece: Piece, at: _Places) -> pa.Table:
        segments, schema = piece.segments, self._schemas["provider_adjustments"]
        found = piece.new_rows(self._nodes.plb)
        tables = [schema.empty_table()]
        for pair in range(_PAIRS):
            element = 3 + 2 * pair
            rows = found[segments.count[found] > element]
            if not len(rows):
                break
            amounts, empty, bad = cents(segments.element(rows, element + 1))
            reason = segments.element(rows, element)
            mark = segments.delimiters.component
            made: dict[str, Any] = {
                "payment": at.payment_of(rows),
                "provider_id": or_null(segments.element(rows, 1)),
                "fiscal_date": first_days(segments.element(rows, 2)),
                "reason": or_null(component(reason, mark, 1)),
                "reference": or_null(component(reason, mark, 2)),
                "amount_cents": pa.array(amounts, mask=empty | bad),
            }
            table = _table(made | _places(segments, rows), schema)
            tables.append(table.filter(pc.or_(table["reason"].is_valid(), table["amount_cents"].is_valid())))
        return pa.concat_tables(tables).sort_by("segment")


@dataclass(frozen=True)
class _Places:
    """Which payment, claim and line a segment belongs to."""

    payments: Rows
    claims: Rows
    lines: Rows
    first_payment: int
    first_claim: int

    @cached_property
    def line_numbers(self) -> Rows:
        return numbered(owners(self.claims, self.lines))

    def payment_of(self, rows: Rows) -> pa.Array:
        return pa.array(self.first_payment + owners(self.payments, rows), _long)

    def claim_of(self, rows: Rows) -> pa.Array:
        return pa.array(self.first_claim + owners(self.claims, rows), _long)

    def of(self, rows: Rows, *, is_line: Any) -> dict[str, pa.Array]:
        line = owners(self.lines, rows)
        numbers = self.line_numbers[line] if len(self.lines) else np.zeros(len(rows), np.int64)
        own = {"payment": self.payment_of(rows), "claim": self.claim_of(rows)}
        return {**own, "line": pa.array(numbers.astype(np.int32), mask=~np.asarray(is_line, bool))}


def _places(segments: Segments, rows: Rows) -> dict[str, pa.Array]:
    return {"segment": pa.array(segments.ordinal[rows]), "byte": pa.array(segments.start[rows])}


def _from_above(segments: Segments, above: Rows, rows: Rows, element: int) -> pa.Array:
    """An element of the last of some segments before each row; empty where there is none."""
    owner = owners(above, rows)
    texts = pa.concat_arrays([segments.element(above, element), pa.array([""], _text)])
    return texts.take(pa.array(np.where(owner < 0, len(above), owner)))


def _sums(adjustments: pa.Table, own: Rows, length: int) -> dict[str, pa.Array]:
    amounts = adjustments["amount_cents"].fill_null(0).to_numpy()
    of_patient = pc.fill_null(is_value(adjustments["group"], "PR"), False).to_numpy()
    every, patient = np.zeros(length, np.int64), np.zeros(length, np.int64)
    valid = (own >= 0) & (own < length)
    np.add.at(every, own[valid], amounts[valid])
    np.add.at(patient, own[valid & of_patient], amounts[valid & of_patient])
    return {"adjusted_cents": pa.array(every), "patient_adjusted_cents": pa.array(patient)}


def _table(made: dict[str, Any], schema: pa.Schema) -> pa.Table:
    columns = [made[field.name] for field in schema]
    cast = [one if one.type == field.type else one.cast(field.type) for one, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(cast, schema=schema)


def remittances(pieces: Iterator[Piece], persons: Pseudonyms | None = None) -> Iterator[Remittances]:
    """The remittances of the pieces of one file."""
    reader = RemittanceReader(persons)
    return (reader.read(piece) for piece in pieces)
