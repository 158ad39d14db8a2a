"""Findings and what was not checked as one Arrow table (docs/formats/findings.md): what every engine writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trocar.engine.pack import Pack
from trocar.scrub.check import CheckResult, check

_TEXTS = pa.list_(pa.string())
_CITATION = pa.struct(
    [
        ("release", pa.string()),
        ("file", pa.string()),
        ("line", pa.int32()),
        ("sha256", pa.string()),
        ("warnings", _TEXTS),
    ]
)
# Amounts are exact decimals; ``evidence`` is a JSON text, since every rule has its own.
FINDINGS_SCHEMA = pa.schema(
    [
        ("claim_id", pa.string()),
        ("line", pa.int32()),
        ("kind", pa.string()),
        ("rule", pa.string()),
        ("name", pa.string()),
        ("severity", pa.string()),
        ("message", pa.string()),
        ("remedy", pa.string()),
        ("carc", pa.string()),
        ("amount_at_risk", pa.decimal128(14, 2)),
        ("evidence", pa.string()),
        ("not_checked", pa.string()),
        ("needs", pa.string()),
        ("rules", _TEXTS),
        ("where", pa.string()),
        ("assumed", _TEXTS),
        ("citations", pa.list_(_CITATION)),
    ]
)
COLUMNS = tuple(FINDINGS_SCHEMA.names)


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding or a not-checked row (JSON shape) under the columns of the table; what it lacks is None."""
    kind = "not_checked" if "not_checked" in row else "finding"
    return {column: row.get(column) for column in COLUMNS} | {"kind": kind}


def rows_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows in their JSON shape as a table."""
    answer = []
    for row in map(flat, rows):
        amount, evidence = row["amount_at_risk"], row["evidence"]
        row["amount_at_risk"] = None if amount is None else Decimal(amount)
        row["evidence"] = None if evidence is None else json.dumps(evidence, ensure_ascii=False)
        answer.append(row)
    return pa.Table.from_pylist(answer, FINDINGS_SCHEMA)


def result_table(result: CheckResult) -> pa.Table:
    """All findings of a batch, then all that was not checked."""
    return rows_table(
        [*(finding.to_dict() for finding in result.findings), *(entry.to_dict() for entry in result.not_checked)]
    )


def check_table(table: pa.Table, pack: Pack) -> pa.Table:
    """Claim table in, findings table out: the one function that files, processes and clusters apply to a partition."""
    return result_table(check(table, pack))
