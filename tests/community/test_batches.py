"""Batches: five reports of five contributors, alike in every detail kept, and each report in one of them at most."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trocar.community.batches import PATIENCE, THRESHOLD, NewBatch, WaitingReport, new_batches


def _waiting(count: int, first: int = 1, **details: str | bool | int) -> list[WaitingReport]:
    """Reports of contributors of their own, alike but for what is told."""
    alike = {"payer": "aetna", "carc": "97", "quarter": "2025-Q1", "decided": True, "waited": 0} | details
    return [WaitingReport(id=first + step, contributor=first + step, **alike) for step in range(count)]  # type: ignore[arg-type]


def test_five_alike_make_a_batch_and_four_do_not() -> None:
    """The threshold from both sides."""
    assert new_batches(_waiting(4), anything_shown=False) == []
    assert new_batches(_waiting(5), anything_shown=False) == [NewBatch("aetna", "97", "2025-Q1", True, (1, 2, 3, 4, 5))]


def test_a_contributor_counts_once() -> None:
    """Nine reports of four contributors are not enough; the tenth, of a fifth, takes all along."""
    nine = [
        WaitingReport(id_, contributor=id_ % 4, payer="aetna", carc="97", quarter="2025-Q1", decided=True, waited=0)
        for id_ in range(1, 10)
    ]
    assert new_batches(nine, anything_shown=False) == []
    (batch,) = new_batches([*nine, *_waiting(1, first=10)], anything_shown=False)
    assert batch.reports == tuple(range(1, 11))


def test_details_are_given_up_for_the_first_batch_of_a_code() -> None:
    """Three of one payer and two of another: the code is shown, the payers are not."""
    mixed = _waiting(3) + _waiting(2, first=4, payer="cigna")
    assert new_batches(mixed, anything_shown=False) == [NewBatch(None, "97", "2025-Q1", True, (1, 2, 3, 4, 5))]


def test_later_ones_wait_for_their_like_first() -> None:
    """Where something is shown, detail is given up only after the releases of patience."""
    mixed = _waiting(3) + _waiting(2, first=4, payer="cigna")
    assert new_batches(mixed, anything_shown=True) == []
    patient = [
        WaitingReport(one.id, one.contributor, one.payer, one.carc, one.quarter, one.decided, PATIENCE) for one in mixed
    ]
    assert len(new_batches(patient, anything_shown=True)) == 1


def test_ten_alike_make_two_batches() -> None:
    """So that a withdrawal takes four others along, and not nine."""
    assert [len(batch.reports) for batch in new_batches(_waiting(10), anything_shown=False)] == [5, 5]


def test_pending_and_decided_are_mixed_only_when_nothing_else_is_possible() -> None:
    """Three decided and two pending: shown together, without saying how they ended."""
    mixed = _waiting(3) + _waiting(2, first=4, decided=False)
    (batch,) = new_batches(mixed, anything_shown=False)
    assert batch.decided is None


_REPORTS = st.builds(
    WaitingReport,
    id=st.integers(1, 10**6),
    contributor=st.integers(1, 12),
    payer=st.sampled_from(["aetna", "cigna"]),
    carc=st.sampled_from(["50", "97"]),
    quarter=st.sampled_from(["2025-Q1", "2025-Q2"]),
    decided=st.booleans(),
    waited=st.integers(0, 4),
)


@given(st.lists(_REPORTS, max_size=60, unique_by=lambda report: report.id), st.booleans())
def test_every_batch_is_large_enough_alike_and_apart(waiting: list[WaitingReport], anything_shown: bool) -> None:
    """Five reports, five contributors, one value of each detail kept; no report twice."""
    by_id = {report.id: report for report in waiting}
    made = new_batches(waiting, anything_shown)
    taken = [id_ for batch in made for id_ in batch.reports]
    assert len(taken) == len(set(taken))
    for batch in made:
        members = [by_id[id_] for id_ in batch.reports]
        assert len({member.contributor for member in members}) >= THRESHOLD
        for detail in ("payer", "carc", "quarter", "decided"):
            kept = getattr(batch, detail)
            assert kept is None or {getattr(member, detail) for member in members} == {kept}


@given(st.lists(_REPORTS, max_size=60, unique_by=lambda report: report.id))
def test_a_code_with_five_contributors_is_shown(waiting: list[WaitingReport]) -> None:
    """Nothing shown yet and five contributors waiting: at least one batch; and what is left has fewer than five."""
    made = new_batches(waiting, anything_shown=False)
    taken = {id_ for batch in made for id_ in batch.reports}
    assert bool(made) == (len({report.contributor for report in waiting}) >= THRESHOLD)
    assert len({report.contributor for report in waiting if report.id not in taken}) < THRESHOLD
