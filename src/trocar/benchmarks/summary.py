"""Percentiles of one code's published rates, one vote per tax number or hospital, beside Medicare's amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import numpy.typing as npt

from trocar.benchmarks.cleaning.clean import Cleaned, Scope, clean, comparable_amount
from trocar.benchmarks.cleaning.flags import BY_CODE
from trocar.benchmarks.cleaning.payers import payer_of, plain_name
from trocar.benchmarks.cleaning.thresholds import Thresholds
from trocar.benchmarks.folder import RatesFolder
from trocar.benchmarks.funnel import Step, funnel
from trocar.benchmarks.medicare import Medicare, medicare_amounts
from trocar.benchmarks.votes import TEN_THOUSANDTHS, Votes, votes_of
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
    """A vote that is shown: its amount, and the row of a published file where it stands."""

    amount: Decimal
    file_id: str
    offset: int
    ordinal: int


@dataclass(frozen=True)
class Benchmark:
    """The votes of one kind that may be compared: one payer, state, class, setting, component, kind of amount.

    ``rates`` counts the published rates behind the votes: one rate may be several tax numbers' vote. ``published`` are
    all rates asked for of this kind, ``flags`` how many of them carry each flag. ``amounts`` are all votes in
    ten-thousandths of a dollar, ascending; ``shown`` those at the percentiles, where there are enough.
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
    published: int
    flags: Mapping[str, int]
    amounts: npt.NDArray[np.int64]
    shown: Mapping[int, Vote]
    fewest: int
    medicare: tuple[Decimal, Decimal] | None

    @property
    def providers(self) -> int:
        """How many tax numbers, hospitals or (by contract) provider groups have a vote."""
        return len(self.amounts)

    @property
    def is_enough(self) -> bool:
        """Whether there are votes enough to show."""
        return self.providers >= self.fewest

    def percentile(self, percent: int) -> Vote | None:
        """The vote at one of ``PERCENTS`` by nearest rank, so that it is a published rate; None without enough."""
        return self.shown.get(percent)

    def at_or_below(self, amount: Decimal) -> int:
        """How many votes are not above an amount of dollars."""
        return int(np.searchsorted(self.amounts, int(amount * TEN_THOUSANDTHS), "right"))

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


def summarise(folder: RatesFolder, asked: Asked, question: Question) -> Summary:
    """Clean the code's rates for the day of ``asked`` and sum up those that may be compared."""
    payers = payer_ids(question.payers)
    scope = Scope(question.kinds, payers, question.component, question.state)
    cleaned = clean(folder, asked, question.code, scope, by_contract=question.by_contract)
    at_place = medicare_amounts(asked, question.code, question.place) if question.place else cleaned.medicare
    database = cleaned.database
    votes = votes_of(cleaned, question.kinds, question.state, each_state=question.each_state)
    files = dict(database.execute("SELECT file, file_id FROM file_order").fetchall())
    benchmarks = tuple(_benchmark(held, files, cleaned.limits, at_place) for held in votes)
    counted = funnel(database, scope.parts)
    return Summary(question, benchmarks, counted.steps, counted.flags, cleaned.not_checked, cleaned)


def payer_ids(names: Sequence[str]) -> list[str]:
    """The ids that names may stand for: of a known payer, of a family, or the name itself as published."""
    answer: list[str] = []
    for name in names:
        known = payer_of(name)
        family = "bcbs" if plain_name(name) in _ALL_BLUES else name.lower()
        answer += [known.id] if known else [family]
    return answer


_ALL_BLUES = frozenset(map(plain_name, ("bcbs", "blue cross", "blue cross blue shield", "blues")))


def _benchmark(votes: Votes, files: Mapping[int, str], limits: Thresholds, medicare: Medicare) -> Benchmark:
    kind = votes.kind
    fewest = limits.fewest_hospitals if kind["source_kind"] == "hospital" else limits.fewest_tins
    return Benchmark(
        payer=kind["payer"], payer_name=kind["payer_name"], is_rolled_up=kind["rolled_up"], state=votes.state,
        class_=kind["class"], setting=kind["setting"], component=kind["component"], amount_kind=kind["amount_kind"],
        negotiated_type=kind["negotiated_type"], rates=votes.rates, published=votes.published, flags=votes.flags,
        amounts=votes.amounts,
        shown=_shown(votes, files) if len(votes.amounts) >= fewest else {}, fewest=fewest,
        medicare=comparable_amount(medicare, kind["component"], kind["class"], kind["setting"], votes.state),
    )  # fmt: skip


def _shown(votes: Votes, files: Mapping[int, str]) -> dict[int, Vote]:
    """The votes at the percentiles, by nearest rank."""
    answer = {}
    for percent in PERCENTS:
        at = (len(votes.amounts) * percent + 99) // 100 - 1
        file, offset, ordinal = votes.place(at)
        answer[percent] = Vote(Decimal(int(votes.amounts[at])).scaleb(-4), files[file], offset, ordinal)
    return answer


def _ratio(amount: Decimal, beside: Decimal) -> Decimal:
    return (amount / beside).quantize(_HUNDREDTH, ROUND_HALF_UP)


def flag_words(code: str) -> str:
    """What a flag says."""
    return BY_CODE[code].words
