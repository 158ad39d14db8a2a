"""Turn the outcomes of rules into findings with money: as columns first, as objects for who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from string import Formatter
from typing import Any, TypeVar

import numpy as np

from trocar.core.cite import Citation
from trocar.core.finding import Finding
from trocar.core.money import dollars
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.lines import Lines
from trocar.engine.neighbours import Indices
from trocar.pricing.explain import said
from trocar.pricing.price import Priced
from trocar.pricing.words import ASSUMED
from trocar.rules.cites import NOTHING, Cited
from trocar.rules.evaluate import Outcome
from trocar.rules.rule import Rule
from trocar.scrub.evidence import Columns, objects, plain
from trocar.scrub.order import by_row

Form = TypeVar("Form")

# What messages may name of the line itself.
OF_THE_LINE: Mapping[str, Callable[[Lines, Indices], list[Any]]] = {
    "hcpcs": lambda lines, at: lines.hcpcs.of_lines(at),
    "modifiers": lambda lines, at: [" ".join(lines.modifiers_of(line)) for line in at.tolist()],
    "units": lambda lines, at: lines.units[at].tolist(),
    "line": lambda lines, at: lines.line_number[at].tolist(),
    "service_date": lambda lines, at: [iso_day(day) for day in lines.day[at].tolist()],
    "place_of_service": lambda lines, at: lines.texts("place_of_service").of_lines(at),
}


@dataclass(frozen=True)
class Found:
    """The findings of a batch, column by column, by input row, then rule, then message.

    ``lines`` are canonical indices, ``rule`` a position in ``rules``, ``cents`` the amount at risk (-1: none or not
    known), and the entries of ``cited`` the positions of the findings. ``columns`` and ``counts`` are what each rule
    gave as evidence and of how many findings; ``order`` finds a finding's evidence among those of all rules.
    """

    rules: Sequence[Rule]
    rule: Indices
    lines: Indices
    messages: list[str]
    remedies: list[str]
    cents: Indices
    cited: Cited
    columns: Sequence[Columns]
    counts: Sequence[int]
    order: list[int]

    def evidence(self, form: Callable[[Columns, int], list[Form]]) -> list[Form]:
        """The evidence of every finding, in a form (``scrub.evidence``)."""
        every = list(chain.from_iterable(map(form, self.columns, self.counts)))
        return [every[at] for at in self.order]


def findings_of(batch: Batch, priced: Priced, outcomes: Sequence[Outcome]) -> Found:
    """Every finding of a batch, worded."""
    told = [outcome for outcome in outcomes if len(outcome.lines)]
    rules = [outcome.rule for outcome in told]
    counts = [len(outcome.lines) for outcome in told]
    lines = np.concatenate([NOTHING.entry, *(outcome.lines for outcome in told)])
    rule = np.arange(len(told)).repeat(counts)
    columns = [plain(outcome.rule.evidence(batch, outcome.entries)) for outcome in told]
    messages: list[str] = []
    remedies: list[str] = []
    for outcome, evidence in zip(told, columns, strict=True):
        words = _Words(batch.line.lines, outcome.lines, evidence)
        messages += words.fill(outcome.rule.message)
        remedies += words.fill(outcome.rule.remedy)
    ids = sorted({rule.id for rule in rules})
    rank = np.array([ids.index(rule.id) for rule in rules], np.int64)
    order = by_row(batch.line.lines.source[lines], rank[rule], messages.__getitem__)
    at = order.tolist()
    return Found(
        rules,
        rule[order],
        lines[order],
        [messages[one] for one in at],
        [remedies[one] for one in at],
        _cents(priced, rules, rule[order], lines[order]),
        _cited(batch, told, order),
        columns,
        counts,
        at,
    )


class _Words:
    """What the sentences of one rule may name, for all its findings: the evidence, and words of the line."""

    def __init__(self, lines: Lines, at: Indices, evidence: Columns) -> None:
        self._lines = lines
        self._at = at
        self._columns = dict(evidence)

    def fill(self, sentence: str) -> list[str]:
        """The sentence of each finding."""
        pattern, names = _pattern(sentence)
        for name in names:
            if name not in self._columns:
                self._columns[name] = OF_THE_LINE[name](self._lines, self._at)
        columns = [self._columns[name] for name in names]
        return list(map(pattern.format, *columns)) if columns else [pattern.format()] * len(self._at)


@lru_cache(maxsize=1_000)
def _pattern(sentence: str) -> tuple[str, tuple[str, ...]]:
    """A sentence with its names taken out, and the names in order."""
    plain, names = "", []
    for literal, name, how, conversion in Formatter().parse(sentence):
        plain += literal.replace("{", "{{").replace("}", "}}")
        if name is not None:
            names.append(name)
            plain += "{" + (f"!{conversion}" if conversion else "") + (f":{how}" if how else "") + "}"
    return plain, tuple(names)


def _cents(priced: Priced, rules: Sequence[Rule], rule: Indices, lines: Indices) -> Indices:
    if not len(lines):
        return lines
    asked = np.array([one.at_risk for one in rules])[rule]
    return np.where(asked, at_risk(priced)[lines], -1)


def at_risk(priced: Priced) -> Indices:
    """What each line stands to lose, in cents: its allowed amount, or what the professional component would pay.

    A technical or global line that a facility place makes unpayable still holds the price of its 26 row, which a
    corrected line would be paid. -1 where no amount is known.
    """
    return np.where(priced.is_priced, priced.ledger.amount, priced.recoverable)


def _cited(batch: Batch, told: Sequence[Outcome], order: Indices) -> Cited:
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    parts, start = [], 0
    for outcome in told:
        cited = outcome.rule.cites(batch, outcome.entries)
        parts.append(Cited(place[start:][cited.entry], cited.file_id, cited.line))
        start += len(outcome.lines)
    return Cited.together(parts)


def finding_objects(batch: Batch, priced: Priced, found: Found) -> Iterator[Finding]:
    """The findings one by one, in their order."""
    lines = batch.line.lines
    numbers, cents, cited = lines.line_number[found.lines].tolist(), found.cents.tolist(), _citations(batch, found)
    evidence = found.evidence(objects)
    assumed = said(priced.ledger.assumed, ASSUMED, found.lines)
    for at, (line, which) in enumerate(zip(found.lines.tolist(), found.rule.tolist(), strict=True)):
        rule = found.rules[which]
        yield Finding(
            claim_id=lines.claim_texts[line],
            line=numbers[at],
            rule=rule.id,
            name=rule.name,
            severity=rule.severity,
            message=found.messages[at],
            remedy=found.remedies[at],
            carc=rule.carc,
            amount_at_risk=dollars(cents[at]) if cents[at] >= 0 else None,
            evidence=evidence[at],
            citations=tuple(cited[at]),
            assumed=tuple(assumed[at]),
        )


def _citations(batch: Batch, found: Found) -> list[list[Citation]]:
    answer: list[list[Citation]] = [[] for _ in range(len(found.lines))]
    cited, pack = found.cited, batch.line.pack
    for at, file_id, line in zip(cited.entry.tolist(), cited.file_id.tolist(), cited.line.tolist(), strict=True):
        answer[at].append(pack.cite_line(file_id, line))
    return answer
