"""Turn the outcomes of rules into findings with money, and into what was not checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from trocar.core.finding import Finding, NotChecked
from trocar.core.money import dollars
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
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


@dataclass(frozen=True)
class Held:
    """Lines that one table held back for one kind of reason: each line's reason, and ``rules[which]`` held back."""

    table: str
    lines: Indices
    reasons: list[str]
    rules: list[tuple[str, ...]]
    which: Indices

    def entries(self, batch: Batch) -> Iterator[tuple[int, NotChecked]]:
        """One entry per line, with the line (canonical index)."""
        lines = batch.line.lines
        for at, why, which in zip(self.lines.tolist(), self.reasons, self.which.tolist(), strict=True):
            number = int(lines.line_number[at])
            yield at, NotChecked(lines.claim_texts[at], number, why, self.table, self.rules[which])


def held_back(batch: Batch, priced: Priced, outcomes: Sequence[Outcome]) -> Iterator[Held]:
    """What could not be checked, by table and kind of reason, with the rules held back; then what was not priced."""
    gaps: dict[tuple[str, Callable[[Batch, int], str]], list[tuple[str, Bools]]] = defaultdict(list)
    for outcome in outcomes:
        for gap in outcome.unchecked:
            gaps[gap.table, gap.why].append((outcome.rule.id, gap.where))
    for (table, why), held in gaps.items():
        where = np.stack([lines for _, lines in held])
        at = np.flatnonzero(where.any(axis=0))
        # Few combinations of rules occur: each is written out once.
        _, first, which = np.unique(np.packbits(where[:, at], axis=0), axis=1, return_index=True, return_inverse=True)
        names = [rule for rule, _ in held]
        rules = [tuple(name for name, here in zip(names, where[:, at[one]], strict=True) if here) for one in first]
        yield Held(table, at, [why(batch, line) for line in at.tolist()], rules, which.reshape(-1))
    at = np.flatnonzero(priced.ledger.status == Status.NOT_CHECKED)
    if len(at):
        reasons = ["not priced: " + "; ".join(said(priced.ledger.reasons, REASONS, line)) for line in at.tolist()]
        yield Held("price", at, reasons, [("price",)], np.zeros(len(at), np.int64))
