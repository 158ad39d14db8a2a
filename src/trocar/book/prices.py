"""Prices of many lines as one Arrow table: the answers of ``trocar price``, without the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from trocar.book.problems import words
from trocar.claims.rows import RowProblem
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import cited_rows
from trocar.pricing.ledger import Status
from trocar.pricing.price import Priced, price
from trocar.pricing.words import ASSUMED, REASONS
from trocar.scrub.arrow import CITATION, DOLLARS, TEXTS, chosen, citations, dollars_of, modifiers_of, sentences

# ``row`` is the position among the lines read, from 1; null for a row that can't be read.
PRICES_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("claim_id", pa.string()),
        ("line", pa.int32()),
        ("service_date", pa.date32()),
        ("hcpcs", pa.string()),
        ("modifiers", TEXTS),
        ("status", pa.string()),
        ("allowed", DOLLARS),
        ("limiting_charge", DOLLARS),
        ("medicare_pays", DOLLARS),
        ("patient_pays", DOLLARS),
        ("sequestration", DOLLARS),
        ("bonus", DOLLARS),
        ("reasons", TEXTS),
        ("assumed", TEXTS),
        ("citations", pa.list_(CITATION)),
        ("where", pa.string()),
    ]
)


def priced_part(claims: pa.Table, rows: pa.ChunkedArray, pack: Pack) -> tuple[pa.Table, dict[str, Any]]:
    """Price a claim table: its prices in input order, and how many lines have which answer."""
    priced = price(Batch(claims, pack).line)
    status = priced.ledger.status
    counts = {name.name.lower(): int(np.count_nonzero(status == name)) for name in Status if np.any(status == name)}
    return prices_table(priced, rows), {"lines": len(priced.line), "price_status": counts}


def prices_table(priced: Priced, rows: pa.ChunkedArray) -> pa.Table:
    """The prices of a batch in input order; ``rows`` are the positions of its lines in the input.

    Columns as in ``PRICES_SCHEMA``; texts that come again have a dictionary.
    """
    lines, settlement = priced.line.lines, priced.settlement
    payable = priced.is_priced
    money = {
        "allowed": priced.allowed,
        "limiting_charge": priced.limiting_charge,
        "medicare_pays": np.where(payable, settlement.medicare_pays, -1),
        "patient_pays": np.where(payable, settlement.patient_pays, -1),
        "sequestration": np.where(payable, settlement.sequestration, -1),
        "bonus": priced.bonus,
    }
    names = [status.name.lower() for status in Status]
    columns = {
        "row": rows.take(pa.array(lines.source)),
        **{name: lines.table[name] for name in ("line", "service_date", "hcpcs")},
        **{name: lines.table[name].cast(pa.string()) for name in ("claim_id", "where")},
        "modifiers": modifiers_of(lines.modifiers),
        "status": chosen(names, priced.ledger.status),
        **{name: dollars_of(cents) for name, cents in money.items()},
        "reasons": sentences(priced.ledger.reasons, REASONS, np.arange(len(lines))),
        "assumed": sentences(priced.ledger.assumed, ASSUMED, np.arange(len(lines))),
        "citations": citations(priced.line.pack, cited_rows(priced), len(lines)),
    }
    table = pa.table([columns[name] for name in PRICES_SCHEMA.names], names=PRICES_SCHEMA.names)
    order = np.argsort(lines.source)
    return table if (order[1:] > order[:-1]).all() else table.take(pa.array(order))


def problem_prices(problems: Sequence[RowProblem]) -> pa.Table:
    """Rows that can't be read, as prices: not checked, and why."""
    rows: list[dict[str, Any]] = [
        {
            "claim_id": problem.claim_id,
            "line": problem.line,
            "status": "not_checked",
            "modifiers": [],
            "reasons": [words(problem)],
            "assumed": [],
            "citations": [],
            "where": problem.where,
        }
        for problem in problems
    ]
    return pa.Table.from_pylist(rows, PRICES_SCHEMA)
