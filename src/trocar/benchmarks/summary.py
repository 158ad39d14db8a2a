"""Percentiles of one code's published rates, one vote per tax number or hospital, beside Medicare's amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from trocar.benchmarks.cleaning.clean import Cleaned, clean, comparable_amount
from trocar.benchmarks.cleaning.flags import BY_CODE
from trocar.benchmarks.cleaning.payers import payer_of, plain_name
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.funnel import Step, flag_shares, funnel
from trocar.benchmarks.medicare import Medicare, medicare_amounts
from trocar.lookup.asked import Asked

PERCENTS = (10, 25, 50, 75, 90)
# What is summed up unless asked otherwise: negotiated, allowed, paid (version 3's medians), and hospitals' own prices.
SHOWN_KINDS = ("dollar", "allowed", "median", "gross", "cash")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Question:
    """Which rates are meant. Empty: all of them; ``each_state``: every state by itself.

    ``by_contract``: one vote for each provider group of a file, where its tax numbers are not published with it.
    ``component`` is ``global``, ``26`` or ``TC``; ``payers`` are names, ids, or families such as bcbs. ``place`` (as of
    ``trocar price``) says where Medicare's amount is taken; without it, in the state.
    """

    code: str
    component: str | None = None
    state: str | None = None
    payers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = SHOWN_KINDS
    place: dict[str, str] = field(default_factory=dict)
    each_state: bool = False
    by_contract: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    """What one tax number or hospital has: the (lower) median of its comparable rates, and the row it stands in."""

    voter: str
    amount: Decimal
    rates: int
    file_id: str
    offset: int
    ordinal: int


@dataclass(frozen=True)
class Benchmark:
    """The votes of one kind that may be compared: one payer, state, class, setting, component, kind of amount.

    ``rates`` counts the published rates behind the votes: one rate may be several tax numbers' vote.
    """

    payer: str | None
    payer_name: str | None
    is_rolled_up: bool
    state: str | None
    class_: str
    setting: str
    component: str
    amount_kind: str
    negotiated_type: str | None
    rates: int
    votes: tuple[Vote, ...]
    fewest: int
    medicare: tuple[Decimal, Decimal] | None

    @property
    def is_enough(self) -> bool:
        """Whether there are votes enough to show."""
        return len(self.votes) >= self.fewest

    def percentile(self, percent: int) -> Vote | None:
        """The vote at a percentile by nearest rank, so that it is a published rate; None when there are too few."""
        if not self.is_enough:
            return None
        return self.votes[(len(self.votes) * percent + 99) // 100 - 1]

    def multiple(self, percent: int = 50) -> tuple[Decimal, Decimal] | None:
        """A percentile as a multiple of Medicare's most and of its least amount."""
        vote = self.percentile(percent)
        if vote is None or self.medicare is None:
            return None
        low, high = self.medicare
        return _ratio(vote.amount, high), _ratio(vote.amount, low)


@dataclass(frozen=True)
class Summary:
    """The answer: benchmarks, how many rates came how far, the share of each flag, and what was not checked."""

    question: Question
    benchmarks: tuple[Benchmark, ...]
    steps: tuple[Step, ...]
    flags: tuple[tuple[str, int, int], ...]
    not_checked: tuple[str, ...]
    cleaned: Cleaned


# Votes by payer, and once more by family where it has several payers.
_VOTES = """
WITH counted AS (
    SELECT o.*, v.voter, v.state AS voter_state FROM observations o JOIN voters v USING (id)
    WHERE o.id IN (SELECT id FROM comparable) AND NOT v.ghost AND list_contains($kinds, o.amount_kind)
      AND ($state IS NULL OR v.state = $state)
), families AS (
    SELECT payer_family FROM counted WHERE payer_family IS NOT NULL
    GROUP BY payer_family HAVING count(DISTINCT payer_id) > 1
), meant AS (
    SELECT payer_id AS payer, payer_name, false AS rolled_up, * FROM counted
    UNION ALL
    SELECT payer_family, payer_family, true, * FROM counted WHERE payer_family IN (SELECT payer_family FROM families)
), votes AS (
    SELECT payer, any_value(payer_name) AS payer_name, rolled_up,
           CASE WHEN $each_state OR $state IS NOT NULL THEN voter_state END AS state, class, setting, component,
           amount_kind, negotiated_type, voter, any_value(source_kind) AS source_kind,
           quantile_disc(rate, 0.5) AS amount, count(DISTINCT id) AS n,
           list({'rate': rate, 'id': id} ORDER BY id) AS held
    FROM meant GROUP BY ALL
), placed AS (
    SELECT * EXCLUDE (held), list_filter(held, lambda h: h.rate = amount)[1].id AS id,
           list_transform(held, lambda h: h.id) AS ids FROM votes
)
SELECT p.payer, p.payer_name, rolled_up, p.state, p.class, p.setting, p.component, p.amount_kind, p.negotiated_type,
       p.source_kind, voter, amount, n, o.file_id, o."offset", o.ordinal, ids
FROM placed p JOIN observations o USING (id)
ORDER BY rolled_up DESC, p.payer NULLS LAST, p.state, p.class, p.setting, p.component, p.amount_kind,
         p.negotiated_type, amount, voter
"""


def summarise(folder: RatesFolder, asked: Asked, question: Question) -> Summary:
    """Clean the code's rates for the day of ``asked`` and sum up those that may be compared."""
    cleaned = clean(folder, asked, question.code, by_contract=question.by_contract)
    at_place = medicare_amounts(asked, question.code, question.place) if question.place else cleaned.medicare
    steps = funnel(cleaned.database, question.component, question.state, payer_ids(question.payers), question.kinds)
    rows = cleaned.database.execute(
        _VOTES, {"kinds": list(question.kinds), "state": question.state, "each_state": question.each_state}
    ).fetchall()
    grouped: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[:10], []).append(row[10:])
    benchmarks = tuple(_benchmark(key, votes, cleaned, at_place) for key, votes in grouped.items())
    return Summary(question, benchmarks, steps, flag_shares(cleaned.database), cleaned.not_checked, cleaned)


def payer_ids(names: Sequence[str]) -> list[str]:
    """The ids that names may stand for: of a known payer, of a family, or the name itself as published."""
    answer: list[str] = []
    for name in names:
        known = payer_of(name)
        family = "bcbs" if plain_name(name) in _ALL_BLUES else name.lower()
        answer += [known.id] if known else [family]
    return answer


_ALL_BLUES = frozenset(map(plain_name, ("bcbs", "blue cross", "blue cross blue shield", "blues")))


def _benchmark(
    key: tuple[Any, ...], votes: Sequence[tuple[Any, ...]], cleaned: Cleaned, medicare: Medicare
) -> Benchmark:
    payer, name, rolled_up, state, class_, setting, component, kind, negotiated, source = key
    limits = cleaned.limits
    return Benchmark(
        payer=payer, payer_name=name, is_rolled_up=rolled_up, state=state, class_=class_, setting=setting,
        component=component, amount_kind=kind, negotiated_type=negotiated,
        rates=len({id_ for *_, ids in votes for id_ in ids}), votes=tuple(Vote(*vote) for *vote, _ in votes),
        fewest=limits.fewest_hospitals if source == "hospital" else limits.fewest_tins,
        medicare=comparable_amount(medicare, component, class_, setting, state),
    )  # fmt: skip


def _ratio(amount: Decimal, beside: Decimal) -> Decimal:
    return (amount / beside).quantize(_HUNDREDTH, ROUND_HALF_UP)


def flag_words(code: str) -> str:
    """What a flag says."""
    return BY_CODE[code].words
