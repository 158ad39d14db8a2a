"""Findings and what was not checked as one Arrow table (docs/formats/findings.md): what every engine writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trocar.core.finding import Finding, NotChecked
from trocar.core.period import day_from_number
from trocar.pricing.words import ASSUMED
from trocar.scrub.arrow import CITATION, DOLLARS, TEXTS, chosen, cited_lists, dollars_of, sentences
from trocar.scrub.check import CheckResult
from trocar.scrub.evidence import texts
from trocar.scrub.not_checked import Unchecked

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
_OF_THE_RULE = {"rule": "id", "name": "name", "severity": "severity", "carc": "carc"}
_OF_THE_LINE = ("claim_id", "line", "service_date")
_TEXTS_OF_THE_LINE = ("hcpcs", "payer", "rendering_npi")


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
    result: CheckResult, located: Iterable[tuple[int, Finding]] | Iterable[tuple[int, NotChecked]]
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
    """All findings of a batch, then all that was not checked, column by column."""
    return encoded_table(result).cast(FINDINGS_SCHEMA)


def encoded_table(result: CheckResult) -> pa.Table:
    """The same, where texts that come again have a dictionary: for who writes them to a file."""
    found, unchecked, lines = result.found, result.unchecked, result.batch.line.lines
    at = np.concatenate([found.lines, unchecked.lines])
    told, missing = _said_of_findings(result), _said_of_unchecked(unchecked)

    def column(field: pa.Field) -> pa.Array:
        if field.name in _TEXTS_OF_THE_LINE:
            texts = lines.texts(field.name)
            return chosen(texts.values[1:], texts.numbers[at] - 1)
        if field.name in _OF_THE_LINE:
            return lines.table[field.name].take(pa.array(at)).cast(field.type)
        given = [said[field.name].type for said in (told, missing) if field.name in said]
        kind = given[0] if given else field.type
        parts = (told, len(found.lines)), (missing, len(unchecked.lines))
        return pa.concat_arrays(
            [said[field.name] if field.name in said else pa.nulls(length, kind) for said, length in parts]
        )

    return pa.table([column(field) for field in FINDINGS_SCHEMA], names=FINDINGS_SCHEMA.names)


def _said_of_findings(result: CheckResult) -> dict[str, pa.Array]:
    found, ledger, pack = result.found, result.prices.ledger, result.batch.line.pack
    plain = {name: [str(getattr(one, own)) for one in found.rules] for name, own in _OF_THE_RULE.items()}
    words = {"message": found.messages, "remedy": found.remedies, "evidence": found.evidence(texts)}
    assumed = sentences(ledger.assumed, ASSUMED, found.lines)
    nothing = pc.equal(assumed.value_lengths(), 0)
    return {
        "kind": chosen(["finding"], np.zeros_like(found.lines)),
        **{name: chosen(values, found.rule) for name, values in plain.items()},
        **{name: pa.array(said, pa.string()).dictionary_encode() for name, said in words.items()},
        "amount_at_risk": dollars_of(found.cents),
        "assumed": pa.ListArray.from_arrays(assumed.offsets, assumed.values, mask=nothing),
        "citations": cited_lists(pack, found.cited, len(found.lines)),
    }


def _said_of_unchecked(unchecked: Unchecked) -> dict[str, pa.Array]:
    rules = pa.array([list(rules) for rules in unchecked.rules], TEXTS)
    encoded = pa.ListArray.from_arrays(rules.offsets, rules.values.dictionary_encode())
    return {
        "kind": chosen(["not_checked"], np.zeros_like(unchecked.lines)),
        "not_checked": chosen(unchecked.reasons, unchecked.reason),
        "needs": chosen(unchecked.tables, unchecked.table),
        "rules": encoded.take(pa.array(unchecked.held)),
    }
