"""Claim lines in a receipt: everything an answer hangs on, without what names the patient."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from trocar.claims.table import CLAIM_SCHEMA
from trocar.core.errors import ClaimInputError

# Texts that tell who the patient is, or where in whose file the line stands.
_NUMBERED = {"claim_id": "claim", "patient_id": "patient"}


def without_patients(table: pa.Table) -> pa.Table:
    """The same lines with claims and patients numbered in the order in which they first come, and no addresses.

    Which lines belong together stays as it is, and so does every answer: no rule reads a claim's or a patient's id.
    A number is not made from the id (45 CFR 164.514(c)), so nobody can try ids out until one fits.
    """
    for name, word in _NUMBERED.items():
        numbers: dict[str, str] = {}
        texts = [text and numbers.setdefault(text, f"{word} {len(numbers) + 1}") for text in table[name].to_pylist()]
        table = _with(table, name, texts)
    return _with(table, "where", ["" for _ in range(table.num_rows)])


def _with(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    field = CLAIM_SCHEMA.field(name)
    return table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type))


def line_shapes(table: pa.Table) -> list[dict[str, Any]]:
    """The lines as JSON objects in their order: what is missing is left out, dates are ISO texts."""
    return [
        {name: _plain(value) for name, value in row.items() if value is not None and value != ""}
        for row in table.select(CLAIM_SCHEMA.names).to_pylist()
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def table_of(shapes: Iterable[dict[str, Any]]) -> pa.Table:
    """The claim table of the lines of a receipt; raises ``ClaimInputError`` for a line that is none."""
    rows = []
    for number, shape in enumerate(shapes, 1):
        if unknown := shape.keys() - set(CLAIM_SCHEMA.names):
            raise _refused(number, f"it has {', '.join(sorted(unknown))}, which no claim line has")
        try:
            rows.append({**shape, "where": "", "service_date": date.fromisoformat(shape["service_date"])})
        except (KeyError, TypeError, ValueError) as error:
            raise _refused(number, f"it has no date of service ({error})") from error
    try:
        return pa.Table.from_pylist(rows, CLAIM_SCHEMA)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise _refused(0, str(error)) from error


def _refused(number: int, what: str) -> ClaimInputError:
    where = f"the receipt, claim line {number}" if number else "the receipt, its claim lines"
    return ClaimInputError(what, where=where, remedy="Ask its writer for the receipt as it was written.")
