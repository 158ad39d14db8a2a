"""Findings and what was not checked as one Arrow table (docs/formats/findings.md): what every engine writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.finding import Finding, NotChecked
from trocar.core.period import day_from_number
from trocar.engine.lines import Lines
from trocar.engine.neighbours import Indices
from trocar.engine.pack import Pack
from trocar.scrub.arrow import CITATION, DOLLARS, TEXTS
from trocar.scrub.check import CheckResult, check
from trocar.scrub.findings import Held

# Amounts are exact decimals; ``evidence`` is a JSON text, since every rule has its own.
FINDINGS_SCHEMA = pa.schema(
    [
        ("claim_id", pa.string()),
        ("line", pa.int32()),
        ("service_date", pa.date32()),
        ("hcpcs", pa.string()),
        ("payer", pa.string()),
        ("rendering_npi", pa.string()),
        ("kind", pa.string()),
        ("rule", pa.string()),
        ("name", pa.string()),
        ("severity", pa.string()),
        ("message", pa.string()),
        ("remedy", pa.string()),
        ("carc", pa.string()),
        ("amount_at_risk", DOLLARS),
        ("evidence", pa.string()),
        ("not_checked", pa.string()),
        ("needs", pa.string()),
        ("rules", TEXTS),
        ("where", pa.string()),
        ("assumed", TEXTS),
        ("citations", pa.list_(CITATION)),
    ]
)
COLUMNS = tuple(FINDINGS_SCHEMA.names)
_PLAIN = ("rule", "name", "message", "remedy", "carc", "amount_at_risk")
_OF_THE_LINE = ("claim_id", "line", "service_date", "hcpcs", "payer", "rendering_npi")


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding or a not-checked row (JSON shape) under the columns of the table; what it lacks is None."""
    kind = "not_checked" if "not_checked" in row else "finding"
    return {column: row.get(column) for column in COLUMNS} | {"kind": kind}


def rows_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows in their JSON shape, with or without the columns of their line, as a table."""
    answer = []
    for row in map(flat, rows):
        amount, evidence = row["amount_at_risk"], row["evidence"]
        row["amount_at_risk"] = None if amount is None else Decimal(amount)
        row["evidence"] = None if evidence is None else json.dumps(evidence, ensure_ascii=False)
        answer.append(row)
    return pa.Table.from_pylist(answer, FINDINGS_SCHEMA)


def result_rows(result: CheckResult) -> Iterator[dict[str, Any]]:
    """All findings of a batch, then all that was not checked: the JSON shapes with the columns of their line."""
    yield from _rows(result, result.located_findings)
    yield from _rows(result, result.located_not_checked)


def _rows(
    result: CheckResult, located: Sequence[tuple[int, Finding]] | Sequence[tuple[int, NotChecked]]
) -> Iterator[dict[str, Any]]:
    lines = result.batch.line.lines
    payer, npi = lines.texts("payer"), lines.texts("rendering_npi")
    for at, answer in located:
        of_line = {
            "service_date": day_from_number(lines.day[at]),
            "hcpcs": lines.hcpcs[at],
            "payer": payer[at] or None,
            "rendering_npi": npi[at] or None,
        }
        yield of_line | answer.to_dict()


def result_table(result: CheckResult) -> pa.Table:
    """All findings of a batch, then all that was not checked."""
    return pa.concat_tables([findings_table(result), not_checked_table(result)])


def findings_table(result: CheckResult) -> pa.Table:
    """All findings of a batch, column by column."""
    found = [finding for _, finding in result.located_findings]
    said = {
        "kind": pa.repeat("finding", len(found)),
        **{name: [getattr(finding, name) for finding in found] for name in _PLAIN},
        "severity": [finding.severity.value for finding in found],
        "evidence": [json.dumps(finding.evidence, ensure_ascii=False) for finding in found],
        "assumed": [finding.assumed or None for finding in found],
        "citations": [[citation.to_dict() for citation in finding.citations] for finding in found],
    }
    return _of_lines(result.batch.line.lines, np.array([at for at, _ in result.located_findings], np.int64), said)


def not_checked_table(result: CheckResult) -> pa.Table:
    """All that was not checked, column by column: there can be more of it than of anything else."""
    tables = [_held_table(result.batch.line.lines, held) for held in result.held]
    if not tables:
        return FINDINGS_SCHEMA.empty_table()
    table = pa.concat_tables(tables)
    order = pc.sort_indices(table, [("source", "ascending"), ("needs", "ascending"), ("not_checked", "ascending")])
    return table.drop_columns("source").take(order).combine_chunks()


def _held_table(lines: Lines, held: Held) -> pa.Table:
    length = len(held.lines)
    said = {
        "kind": pa.repeat("not_checked", length),
        "not_checked": held.reasons,
        "needs": pa.repeat(held.table, length),
        "rules": pa.array([list(rules) for rules in held.rules], TEXTS).take(pa.array(held.which)),
    }
    return _of_lines(lines, held.lines, said).append_column("source", pa.array(lines.source[held.lines]))


def _of_lines(lines: Lines, at: Indices, said: Mapping[str, Any]) -> pa.Table:
    """The columns of some lines beside what was said of them; what was not said is null."""
    columns = {**said, **{name: lines.table[name].take(pa.array(at)) for name in _OF_THE_LINE}}
    empty = {field.name: pa.nulls(len(at), field.type) for field in FINDINGS_SCHEMA if field.name not in columns}
    every = empty | columns
    return pa.table({name: every[name] for name in FINDINGS_SCHEMA.names}, schema=FINDINGS_SCHEMA)


def check_table(table: pa.Table, pack: Pack) -> pa.Table:
    """Claim table in, findings table out: the one function that files, processes and clusters apply to a partition."""
    return result_table(check(table, pack))
