"""Turn the outcomes of rules into findings with money, and into what was not checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from trocar.core.finding import Finding, NotChecked
from trocar.core.money import dollars
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.pricing.explain import said
from trocar.pricing.ledger import Status
from trocar.pricing.price import Priced
from trocar.pricing.words import ASSUMED, REASONS
from trocar.rules.evaluate import Outcome


def findings_of(batch: Batch, priced: Priced, outcomes: Sequence[Outcome]) -> list[tuple[int, Finding]]:
    """Every finding with its line (canonical index)."""
    answer = []
    for outcome in outcomes:
        for entry, line in zip(outcome.entries.tolist(), outcome.lines.tolist(), strict=True):
            answer.append((line, _finding(batch, priced, outcome, entry, line)))
    return answer


def line_values(batch: Batch, line: int) -> dict[str, Any]:
    """What messages may name of the line itself."""
    lines = batch.line.lines
    return {
        "hcpcs": lines.hcpcs[line],
        "modifiers": " ".join(lines.modifiers_of(line)),
        "units": int(lines.units[line]),
        "line": int(lines.line_number[line]),
        "service_date": iso_day(int(lines.day[line])),
        "place_of_service": lines.texts("place_of_service")[line],
    }


def _finding(batch: Batch, priced: Priced, outcome: Outcome, entry: int, line: int) -> Finding:
    rule = outcome.rule
    evidence = rule.evidence(batch, entry)
    words = line_values(batch, line) | evidence
    return Finding(
        claim_id=batch.line.lines.claim_texts[line],
        line=words["line"],
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        message=rule.message.format(**words),
        remedy=rule.remedy.format(**words),
        carc=rule.carc,
        amount_at_risk=at_risk(priced, line) if rule.at_risk else None,
        evidence=evidence,
        citations=tuple(rule.cites(batch, entry)),
        assumed=tuple(said(priced.ledger.assumed, ASSUMED, line)),
    )


def at_risk(priced: Priced, line: int) -> Decimal | None:
    """What the line stands to lose: its allowed amount, or what the professional component would pay.

    A technical or global line that a facility place makes unpayable still holds the price of its 26 row, which a
    corrected line would be paid. None where no amount is known.
    """
    if priced.is_priced[line]:
        return dollars(priced.ledger.amount[line])
    recoverable = priced.recoverable
    return dollars(recoverable[line]) if recoverable[line] >= 0 else None


def not_checked_of(batch: Batch, priced: Priced, outcomes: Sequence[Outcome]) -> list[tuple[int, NotChecked]]:
    """What could not be checked, one entry per line, table and reason, with the rules held back."""
    held: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        for gap in outcome.unchecked:
            for line in np.flatnonzero(gap.where).tolist():
                held[(line, gap.table, gap.why(batch, line))].append(outcome.rule.id)
    lines = batch.line.lines
    answer = [
        (line, NotChecked(lines.claim_texts[line], int(lines.line_number[line]), why, table, tuple(rules)))
        for (line, table, why), rules in held.items()
    ]
    return answer + list(_not_priced(batch, priced))


def _not_priced(batch: Batch, priced: Priced) -> list[tuple[int, NotChecked]]:
    lines = batch.line.lines
    answer = []
    for line in np.flatnonzero(priced.ledger.status == Status.NOT_CHECKED).tolist():
        why = "not priced: " + "; ".join(said(priced.ledger.reasons, REASONS, line))
        entry = NotChecked(lines.claim_texts[line], int(lines.line_number[line]), why, "price", ("price",))
        answer.append((line, entry))
    return answer
