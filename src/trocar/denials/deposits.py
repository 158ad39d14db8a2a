"""Deposits of a bank statement, met with the payments that remittances announce."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pyarrow as pa

from trocar.claims import cells
from trocar.core.errors import ClaimInputError, InvalidCodeError
from trocar.denials.tables import TABLES

COLUMNS = ("deposit_date", "amount", "trace")
# The addendum of an electronic payment (CCD+) holds the TRN segment of its remittance.
_ADDENDUM = re.compile(r"TRN\*1\*([^*~\\]+)(?:\*([^*~\\]+))?")
# Payment and deposit meet by number and amount; the originator decides where the statement gives it.
DEPOSITS = """
WITH paid AS (
    SELECT *, row_number() OVER (PARTITION BY check_number, paid_cents ORDER BY file_sequence, payment) AS nth
    FROM payment WHERE NOT repeated AND NOT is_money_alone AND paid_cents > 0 AND coalesce(method, '') <> 'NON'
), deposited AS (
    SELECT d.*, row_number() OVER (PARTITION BY trace, amount_cents ORDER BY deposit_date, "where") AS nth
    FROM deposits d
), met AS (
    SELECT d.deposit_date, d.trace, d.amount_cents AS deposited, d."where", p.check_number, p.paid_cents AS announced,
           p.payment_date, coalesce(p.payer_name, p.payer) AS payer
    FROM deposited d FULL JOIN paid p ON p.check_number = d.trace AND p.paid_cents = d.amount_cents AND p.nth = d.nth
     AND coalesce(d.originator = p.originator_id, true)
)
SELECT coalesce(check_number, trace) AS number, payer, payment_date, announced, deposit_date, deposited,
       CASE WHEN deposited IS NULL AND check_number IN (SELECT trace FROM deposits)
            THEN 'announced, and deposited with another amount'
            WHEN deposited IS NULL THEN 'announced, not deposited'
            WHEN announced IS NULL AND trace IN (SELECT check_number FROM payment)
            THEN 'deposited, and announced with another amount'
            WHEN announced IS NULL THEN 'deposited, no remittance announces it' ELSE 'met' END AS state, "where"
FROM met WHERE (SELECT count(*) FROM deposits) > 0
ORDER BY deposited IS NOT NULL AND announced IS NOT NULL, coalesce(payment_date, deposit_date), number, announced
"""


def read_deposits(content: bytes, name: str) -> pa.Table:
    """The deposits of a CSV with the columns ``deposit_date``, ``amount`` and ``trace``.

    ``trace`` is the number of the payment or the whole addendum. Raises ``ClaimInputError`` with the row.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            remedy = f"Name the columns {', '.join(COLUMNS)}."
            raise ClaimInputError(f"there is no column {missing[0]}", where=f"{name} row 1", remedy=remedy)
        rows = [_deposit(row, f"{name} row {number}") for number, row in enumerate(reader, 2)]
    except (UnicodeDecodeError, csv.Error) as error:
        what = f"the deposits can't be read ({error})"
        raise ClaimInputError(what, where=name, remedy="Save them as CSV in UTF-8.") from error
    return pa.Table.from_pylist(rows, TABLES["deposits"])


def content_of(path: Path) -> bytes:
    """The bytes of a file; raises ``ClaimInputError``."""
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"the file can't be read ({error.strerror or error})"
        raise ClaimInputError(what, where=path.name, remedy="Check the path.") from error


def _deposit(row: dict[str, Any], where: str) -> dict[str, Any]:
    try:
        day, amount = (
            cells.service_date((row["deposit_date"] or "").strip()),
            cells.amount((row["amount"] or "").strip()),
        )
    except (ClaimInputError, InvalidCodeError) as error:
        error.where = where
        raise
    trace = (row["trace"] or "").strip()
    addendum = _ADDENDUM.search(trace)
    return {
        "deposit_date": day,
        "amount_cents": int(amount * 100),
        "trace": addendum[1] if addendum else trace,
        "originator": addendum[2] if addendum else None,
        "where": where,
    }
