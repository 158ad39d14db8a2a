"""What could not be checked, and why: as columns first, as objects for who asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress

import numpy as np

from trocar.core.finding import NotChecked
from trocar.engine.batch import Batch
from trocar.engine.distinct import distinct
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Status
from trocar.pricing.price import Priced
from trocar.pricing.words import REASONS
from trocar.rules.columns import gathered
from trocar.rules.coverage import Gap, Worded
from trocar.rules.evaluate import Outcome
from trocar.scrub.arrow import spoken
from trocar.scrub.order import by_row

# As many lists of lines as can be told apart at once in a number beside that of a line.
_AT_ONCE = 32


@dataclass(frozen=True)
class Unchecked:
    """What was not checked of a batch, column by column, by input row, then table, then reason.

    ``lines`` are canonical indices; ``table``, ``reason`` and ``held`` are positions in ``tables``, in ``reasons``
    and in ``rules`` (the lists of rules that were held back).
    """

    lines: Indices
    tables: list[str]
    table: Indices
    reasons: list[str]
    reason: Indices
    rules: list[tuple[str, ...]]
    held: Indices


def unchecked_of(batch: Batch, priced: Priced, outcomes: Sequence[Outcome]) -> Unchecked:
    """What could not be checked, by table and kind of reason, with the rules held back; and what was not priced."""
    parts = [*_held_back(batch, outcomes), *_not_priced(priced)]
    tables = sorted({table for table, _, _, _, _ in parts})
    reasons: list[str] = []
    rules: list[tuple[str, ...]] = []
    columns: list[list[Indices]] = [[np.empty(0, np.int64)] for _ in range(4)]
    for table, lines, why, lists, held in parts:
        part = lines, np.full(len(lines), tables.index(table)), why.which + len(reasons), held + len(rules)
        for column, values in zip(columns, part, strict=True):
            column.append(values)
        reasons += why.texts
        rules += lists
    lines, kind, reason, held = map(np.concatenate, columns)
    order = by_row(batch.line.lines.source[lines], kind, lambda at: reasons[reason[at]])
    return Unchecked(lines[order], tables, kind[order], reasons, reason[order], rules, held[order])


Part = tuple[str, Indices, Worded, list[tuple[str, ...]], Indices]


def _held_back(batch: Batch, outcomes: Sequence[Outcome]) -> Iterator[Part]:
    """By table and kind of reason: the lines, why, and which of some lists of rules are held back on each."""
    held: dict[tuple[str, object], dict[int, tuple[Gap, list[int]]]] = defaultdict(dict)
    for number, outcome in enumerate(outcomes):
        for gap in outcome.unchecked:
            # Rules that ask the same share their gaps.
            held[gap.table, gap.why].setdefault(id(gap.where), (gap, []))[1].append(number)
    for alike in held.values():
        gaps, numbers = zip(*alike.values(), strict=True)
        at = np.flatnonzero(np.logical_or.reduce([gap.where for gap in gaps]))
        given, which = combinations([gap.where[at] for gap in gaps])
        rules = [sorted(chain.from_iterable(compress(numbers, one))) for one in given]
        lists = [tuple(outcomes[number].rule.id for number in some) for some in rules]
        yield gaps[0].table, at, gaps[0].why(batch, at), lists, which


def combinations(chosen: Sequence[Bools]) -> tuple[list[list[bool]], Indices]:
    """The combinations of memberships that occur, and which of them each entry has."""
    if len(chosen) == 1:
        return [[False], [True]], chosen[0].astype(np.int64)
    number = np.zeros(len(chosen[0]), np.int64)
    for position, is_one in enumerate(chosen):
        if position % _AT_ONCE == _AT_ONCE - 1:
            number = np.unique(number, return_inverse=True)[1]
        number = number * 2 + is_one
    values, which = distinct(number)
    example = np.empty(len(values), np.int64)
    example[which] = np.arange(len(which))
    return np.stack(chosen, axis=1)[example].tolist(), which


def _not_priced(priced: Priced) -> Iterator[Part]:
    at = np.flatnonzero(priced.ledger.stands(Status.NOT_CHECKED))
    if len(at):
        entry, sentence, texts = spoken(priced.ledger.reasons, REASONS, at)
        told = gathered(entry, [texts[number] for number in sentence.tolist()], len(at))
        numbers: dict[str, int] = {}
        which = [numbers.setdefault(f"not priced: {'; '.join(some)}", len(numbers)) for some in told]
        yield "price", at, Worded(np.array(which), [*numbers]), [("price",)], np.zeros_like(at)


def not_checked_objects(batch: Batch, unchecked: Unchecked) -> Iterator[NotChecked]:
    """What was not checked one by one, in its order."""
    lines = batch.line.lines
    columns = unchecked.lines, unchecked.table, unchecked.reason, unchecked.held
    for line, table, reason, held in zip(*(column.tolist() for column in columns), strict=True):
        number = int(lines.line_number[line])
        why, needs = unchecked.reasons[reason], unchecked.tables[table]
        yield NotChecked(lines.claim_texts[line], number, why, needs, unchecked.rules[held])
