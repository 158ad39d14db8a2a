"""What all that is ever published tells together: never of fewer than five reports of five contributors.

Random histories run through the real program. The test keeps the truth (which report says what, which was in which
batch when it was published) and sets it against every figure of every release.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import chain, combinations, pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from community.forms import FORM
from trocar.community.database import reading, reports_engine
from trocar.community.limits import Limits
from trocar.community.models import Report
from trocar.community.published import CodeReports, Figures
from trocar.community.reports import open_reports

CODES = ("76942", "77002")
MANY = Limits(contributor=10**6, network=10**6, newcomers=10**6, code=10**6)
Row = tuple[str, str, str, str, str]  # list, code, payer, carc, quarter


@dataclass(frozen=True)
class Truth:
    """A report as sent, and who sent it."""

    contributor: str
    code: str
    payer: str
    carc: str
    quarter: str
    outcome: str


@dataclass
class State:
    """One release: its figures, and the batches behind them as lists of report ids."""

    figures: dict[Row, Figures]
    batches: dict[str, list[frozenset[int]]]


@dataclass
class History:
    """Everything that happened."""

    truth: dict[int, Truth] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    states: list[State] = field(default_factory=list)

    def contributors(self, ids: Iterable[int]) -> int:
        """How many contributors these reports have."""
        return len({self.truth[id_].contributor for id_ in ids})


_SENT = st.tuples(
    st.just("send"),
    st.integers(0, 11),
    st.sampled_from(CODES),
    st.sampled_from(["aetna", "cigna"]),
    st.sampled_from(["50", "97"]),
    st.sampled_from(["2024-12", "2025-02"]),
    st.sampled_from(["paid_on_appeal", "written_off", "pending"]),
)
_STEPS = st.lists(
    st.one_of(
        st.lists(_SENT, min_size=1, max_size=12).map(lambda sent: ("many", sent)),
        st.lists(_SENT, min_size=6, max_size=12).map(lambda sent: ("many", sent)),
        st.tuples(st.just("withdraw"), st.integers(0, 11)),
        st.just(("release",)),
    ),
    min_size=4,
    max_size=24,
)


def _figures(found: CodeReports) -> dict[Row, Figures]:
    lists = {
        "total": (found.total,) if found.total else (),
        "payer": found.by_payer,
        "carc": found.by_carc,
        "both": found.by_payer_and_carc,
        "trend": found.trend,
    }
    return {
        (name, found.code, row.payer or "", row.carc or "", row.quarter or ""): row
        for name, rows in lists.items()
        for row in rows
    }


@cache
def _empty_database() -> bytes:
    """A file with tables and nothing in them, so that they are not made for each history."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reports.db"
        open_reports(f"sqlite:///{file}").close()
        return file.read_bytes()


def _play(steps: list[tuple]) -> History:  # type: ignore[type-arg]
    history = History()
    tokens: dict[int, str] = {}
    month = 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reports.db"
        file.write_bytes(_empty_database())
        url = f"sqlite:///{file}"
        engine = reports_engine(url)
        with open_reports(url, limits=MANY) as reports:
            for step in [*steps, ("release",)]:
                if step[0] == "many":
                    for _, who, code, payer, carc, denied, outcome in step[1]:
                        form = FORM | {"code": code, "payer": payer, "carc": carc, "month": denied, "outcome": outcome}
                        try:
                            tokens[who] = reports.submit(form, tokens.get(who), date(2025, 3, 1)).token
                        except ValueError:
                            continue  # a duplicate: the contributor has said so before
                elif step[0] == "withdraw":
                    if step[1] in tokens:
                        history.withdrawn.add(tokens[step[1]])
                        reports.withdraw(tokens.pop(step[1]))
                else:
                    _learn(history, engine, tokens)
                    reports.release(date(2025 + month // 12, month % 12 + 1, 1))
                    month += 1
                    figures: dict[Row, Figures] = {}
                    for code in CODES:
                        figures |= _figures(reports.published(code))
                    history.states.append(State(figures, _batches(engine)))
                    _check_export(reports.export_csv, figures)
        engine.dispose()
    return history


def _learn(history: History, engine, tokens: dict[int, str]) -> None:  # type: ignore[no-untyped-def]
    """Note the truth of reports seen for the first time; contributors are known by the row they have."""
    with reading(engine) as session:
        for row in session.scalars(select(Report)):
            quarter = "2024-Q4" if row.month == "2024-12" else "2025-Q1"
            history.truth[row.id] = Truth(str(row.contributor_id), row.code, row.payer, row.carc, quarter, row.outcome)


def _batches(engine) -> dict[str, list[frozenset[int]]]:  # type: ignore[no-untyped-def]
    by_batch: dict[tuple[str, int], set[int]] = defaultdict(set)
    with reading(engine) as session:
        for id_, code, batch in session.execute(select(Report.id, Report.code, Report.batch_id)):
            if batch is not None:
                by_batch[code, batch].add(id_)
    answer: dict[str, list[frozenset[int]]] = defaultdict(list)
    for (code, _), members in by_batch.items():
        answer[code].append(frozenset(members))
    return answer


def _check_export(export, figures: dict[Row, Figures]) -> None:  # type: ignore[no-untyped-def]
    """The file adds up to the totals, so it tells nothing that the lists do not."""
    with io.StringIO() as file:
        export(file)
        rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    for code in CODES:
        total = figures.get(("total", code, "", "", ""))
        assert sum(int(row["reports"]) for row in rows if row["code"] == code) == (total.reports if total else 0)
    assert all(int(row["reports"]) >= 5 for row in rows)


def _is_large(history: History, ids: frozenset[int]) -> bool:
    return len(ids) >= 5 and history.contributors(ids) >= 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(_STEPS)
def test_nothing_small_can_be_got(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    """Figures, subtractions within a release, and comparisons of releases."""
    history = _play(steps)
    for state in history.states:
        _batches_are_large(history, state)
        _figures_are_sums_of_batches(history, state)
        _no_subtraction_is_small(state)
    for earlier, later in pairwise(history.states):
        _steps_are_large(history, earlier, later)
    _batches_never_overlap(history)


def _batches_are_large(history: History, state: State) -> None:
    for batches in state.batches.values():
        for batch in batches:
            assert _is_large(history, batch)


def _figures_are_sums_of_batches(history: History, state: State) -> None:
    """The total of a code is the sum of its batches; appeals count whole batches that are decided throughout."""
    for code in CODES:
        batches = state.batches.get(code, [])
        total = state.figures.get(("total", code, "", "", ""))
        assert (total.reports if total else 0) == sum(map(len, batches))
        outcomes = [Counter(history.truth[id_].outcome for id_ in batch) for batch in batches]
        shown = total.appeals if total else None
        decided = shown.decided if shown else 0
        # Every decided count is a sum of whole batches without pending ones.
        possible = {0}
        for batch in outcomes:
            if not batch["pending"]:
                possible |= {sum(batch.values()) + before for before in possible}
        assert decided in possible


def _no_subtraction_is_small(state: State) -> None:
    """Total less any rows of any list, and reports less decided: nothing, or five and more."""
    for (name, code, *_), row in state.figures.items():
        pending_or_hidden = row.reports - (row.appeals.decided if row.appeals else 0)
        assert row.reports >= 5
        assert pending_or_hidden == 0 or pending_or_hidden >= 5
        assert row.appeals is None or row.appeals.decided >= 5
        total = state.figures["total", code, "", "", ""]
        rows = [other for key, other in state.figures.items() if key[:2] == (name, code)]
        for chosen in chain.from_iterable(combinations(rows, size) for size in range(len(rows) + 1)):
            left = total.reports - sum(one.reports for one in chosen)
            assert left == 0 or left >= 5
        assert total.reports == sum(one.reports for one in rows)


def _steps_are_large(history: History, earlier: State, later: State) -> None:
    """From one release to the next each figure stays, or moves by five or more; so do the reports behind it."""
    for row in earlier.figures.keys() | later.figures.keys():
        before = earlier.figures[row].reports if row in earlier.figures else 0
        after = later.figures[row].reports if row in later.figures else 0
        assert before == after or abs(before - after) >= 5
    for code in CODES:
        before_ids = frozenset(chain.from_iterable(earlier.batches.get(code, [])))
        after_ids = frozenset(chain.from_iterable(later.batches.get(code, [])))
        for moved in (before_ids - after_ids, after_ids - before_ids):
            assert not moved or _is_large(history, moved)


def _batches_never_overlap(history: History) -> None:
    """Two batches of whatever releases are the same or share nothing: so no combination of figures parts one."""
    every = {batch for state in history.states for batches in state.batches.values() for batch in batches}
    assert sum(map(len, every)) == len(frozenset(chain.from_iterable(every)))


def test_the_play_publishes_and_retires() -> None:
    """The property above is not empty: a history that rises, falls and rises again."""
    sent = [("send", who, "77002", "aetna", "97", "2025-02", "written_off") for who in range(6)]
    others = [("send", who, "77002", "aetna", "97", "2025-02", "paid_on_appeal") for who in range(6, 12)]
    history = _play([("many", sent), ("release",), ("withdraw", 0), ("many", others), ("release",), ("release",)])
    totals = [state.figures.get(("total", "77002", "", "", "")) for state in history.states]
    assert [total.reports if total else 0 for total in totals] == [6, 0, 6, 6]
