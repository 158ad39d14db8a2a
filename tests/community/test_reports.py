"""Reports in a database, SQLite and PostgreSQL alike: sent, refused, moderated, withdrawn, published."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from community.forms import FORM, TODAY, send
from trocar.community.contributors import token_hash
from trocar.community.database import reading, reports_engine
from trocar.community.errors import (
    DuplicateReportError,
    IdentifierInNoteError,
    ReportError,
    TooManyReportsError,
    UnknownReportError,
    UnknownTokenError,
)
from trocar.community.limits import Limits
from trocar.community.models import Base, Batch, Report
from trocar.community.reports import Reports, open_reports

MAY, JUNE, JULY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)
# A note that every detector lets pass, and words by which to find it again.
NOTE = "Paid after the zebra striped template was replaced"
MANY = Limits(contributor=10**6, network=10**6, newcomers=10**6, code=10**6)


@pytest.fixture
def reports(url: str) -> Iterator[Reports]:
    """Open reports, without limits in the way."""
    with open_reports(url, limits=MANY) as opened:
        yield opened


def stored(url: str) -> str:
    """Everything in every table, as text."""
    engine = reports_engine(url)
    with reading(engine) as session:
        rows = [tuple(row) for table in Base.metadata.sorted_tables for row in session.execute(table.select())]
    engine.dispose()
    return repr(rows)


def reports_held(url: str) -> int:
    """How many reports the database holds."""
    engine = reports_engine(url)
    with reading(engine) as session:
        held = session.scalar(select(func.count()).select_from(Report))
    engine.dispose()
    return held or 0


def batches_held(url: str) -> list[tuple[bool, int, int]]:
    """Of every batch: whether it is retiring, the reports it tells, and the reports that are in it."""
    engine = reports_engine(url)
    with reading(engine) as session:
        rows = session.execute(
            select(Batch.retiring, Batch.reports, func.count(Report.id))
            .outerjoin(Report, Report.batch_id == Batch.id)
            .group_by(Batch.id, Batch.retiring, Batch.reports)
        ).all()
    engine.dispose()
    return [(retiring, told, there) for retiring, told, there in rows]


def test_five_contributors_are_published_and_four_are_not(reports: Reports) -> None:
    """The threshold from both sides, at a release and not before."""
    send(reports, 4)
    assert reports.release(TODAY)
    assert reports.published("77002").total is None
    assert reports.progress("77002") == 4
    send(reports, 1)
    assert reports.progress("77002") == 5
    assert reports.published("77002").total is None  # figures come with a release
    assert reports.release(MAY)
    found = reports.published("77002")
    assert found.total is not None
    assert (found.total.reports, found.as_of, found.waiting_contributors) == (5, "2025-05", None)
    assert reports.progress("77002") == 0


def test_one_contributor_is_one_however_many_reports(reports: Reports) -> None:
    """Six reports of two contributors are two of five."""
    (token,) = send(reports, 1)
    for month in ("2025-01", "2025-02", "2024-12", "2024-11"):
        reports.submit(FORM | {"month": month}, token, TODAY)
    send(reports, 1)
    reports.release(TODAY)
    assert reports.published("77002").waiting_contributors == 2


def test_what_is_published_adds_up(reports: Reports) -> None:
    """By payer, by reason, by quarter and appeals, worked by hand."""
    send(reports, 4, outcome="paid_on_appeal")
    send(reports, 2)
    send(reports, 5, payer="cigna", carc="50", outcome="pending")
    send(reports, 3, payer="humana")
    reports.release(TODAY)
    found = reports.published("77002")
    # 6 of Aetna and 5 of Cigna; the 3 of Humana wait for others
    assert found.total is not None
    assert found.total.reports == 11
    assert [(row.payer, row.reports) for row in found.by_payer] == [("aetna", 6), ("cigna", 5)]
    assert [(row.carc, row.reports) for row in found.by_carc] == [("97", 6), ("50", 5)]
    assert [(row.payer, row.carc, row.reports) for row in found.by_payer_and_carc] == [
        ("aetna", "97", 6),
        ("cigna", "50", 5),
    ]
    assert [(row.quarter, row.reports) for row in found.trend] == [("2025-Q1", 11)]
    appeals = found.total.appeals
    assert appeals is not None
    assert (appeals.paid, appeals.decided) == (4, 6)  # the five of Cigna are pending
    # z^2/n = 3.84146/6 = 0.640243; centre (0.666667 + 0.320122) / 1.640243 = 0.601611
    # half 1.95996 x sqrt(0.222222/6 + 0.640243/24) / 1.640243 = 1.95996 x sqrt(0.063714) / 1.640243 = 0.301618
    assert appeals.interval == pytest.approx((0.299993, 0.903229), abs=1e-5)


def test_a_release_comes_once_a_month(reports: Reports) -> None:
    """Not twice in a month, nor for a month that has passed."""
    assert reports.release(date(2025, 4, 30))
    send(reports, 5)
    assert not reports.release(date(2025, 4, 30))
    assert not reports.release(date(2025, 3, 1))
    assert reports.published("77002").total is None
    assert reports.release(date(2025, 5, 1))


def test_a_token_is_kept_by_its_holder_alone(reports: Reports, url: str) -> None:
    """The database holds its hash and nothing of the network it came from."""
    token = reports.submit(FORM, None, TODAY, network="203.0.113.77").token
    held = stored(url)
    assert len(token) >= 43  # 256 bits in base 64
    assert token not in held
    assert "203.0.113" not in held
    assert token_hash(token) in held


def test_an_unknown_token_is_refused(reports: Reports) -> None:
    """Mistyped, or withdrawn."""
    (token,) = send(reports, 1)
    with pytest.raises(UnknownTokenError):
        reports.submit(FORM | {"month": "2025-01"}, token + "x", TODAY)
    reports.withdraw(token)
    with pytest.raises(UnknownTokenError):
        reports.withdraw(token)


def test_a_note_with_an_identifier_leaves_no_trace(
    reports: Reports, url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Refused with kind and place; nothing stored, logged, printed, nor said in the error."""
    before = stored(url)
    with caplog.at_level(logging.DEBUG), pytest.raises(IdentifierInNoteError) as caught:
        reports.submit(FORM | {"note": "Patient Zebulon Quagmyre, MRN 5550123"}, None, TODAY)
    assert stored(url) == before
    assert caught.value.where == "note, characters 9 to 15, characters 17 to 24, characters 31 to 37"
    assert "a name" in caught.value.what
    assert "a medical record or account number" in caught.value.what
    error = caught.value
    said = f"{error!r} {error} {error.to_dict()} {error.found} {caplog.text} {capfd.readouterr()}"
    for secret in ("Zebulon", "Quagmyre", "5550123"):
        assert secret not in said


def test_the_same_denial_is_taken_once(reports: Reports) -> None:
    """The same contributor, code, payer, reasons, month, place and state; another month is another report."""
    (token,) = send(reports, 1)
    with pytest.raises(DuplicateReportError, match="already"):
        reports.submit(FORM | {"outcome": "paid_on_appeal"}, token, TODAY)
    assert reports.submit(FORM | {"month": "2025-02"}, token, TODAY).stage == "waiting"
    send(reports, 1)  # of another contributor


def test_an_outcome_replaces_a_pending_report_until_it_is_published(reports: Reports) -> None:
    """Before the release it is replaced, after it the answer says why not."""
    tokens = send(reports, 5, outcome="pending")
    reports.submit(FORM, tokens[0], TODAY)
    reports.release(TODAY)
    assert reports.published("77002").total is not None
    with pytest.raises(DuplicateReportError, match="published"):
        reports.submit(FORM, tokens[1], TODAY)


def test_a_day_has_its_limit(url: str) -> None:
    """By token, by network and by new tokens of a network; another day begins anew."""
    with open_reports(url, limits=Limits(contributor=2, network=4, newcomers=2, code=100)) as reports:
        token = reports.submit(FORM, None, TODAY, network="a").token
        reports.submit(FORM | {"month": "2025-02"}, token, TODAY, network="b")
        with pytest.raises(TooManyReportsError, match="with this token"):
            reports.submit(FORM | {"month": "2025-01"}, token, TODAY, network="b")
        reports.submit(FORM | {"month": "2025-01"}, token, date(2025, 4, 3), network="b")
        reports.submit(FORM, None, TODAY, network="c")
        reports.submit(FORM, None, TODAY, network="c")
        with pytest.raises(TooManyReportsError, match="new contributors"):
            reports.submit(FORM, None, TODAY, network="c")
        with pytest.raises(ReportError, match="not one of"):
            reports.submit(FORM | {"state": "??"}, None, TODAY, network="c")
        with pytest.raises(TooManyReportsError, match="this network"):
            reports.submit(FORM | {"month": "2024-12"}, token, TODAY, network="c")


def test_a_refused_report_makes_no_contributor(url: str) -> None:
    """A limit or a duplicate rolls everything back."""
    with open_reports(url, limits=Limits(contributor=0)) as reports, pytest.raises(TooManyReportsError):
        reports.submit(FORM, None, TODAY)
    assert stored(url) == "[('0001',)]" or stored(url) == "[]"


def test_a_flood_of_one_code_waits_for_a_moderator(url: str) -> None:
    """Above the limit of the day reports are queued; those of other codes are not."""
    with open_reports(url, limits=replace(MANY, code=3)) as reports:
        stages = [reports.submit(FORM, None, TODAY).stage for _ in range(5)]
        assert stages == ["waiting"] * 3 + ["queued"] * 2
        assert reports.submit(FORM | {"code": "76942"}, None, TODAY).stage == "waiting"
        assert [queued.reason for queued in reports.queue()] == ["many", "many"]
        for queued in reports.queue():
            reports.decide(queued.id, approve=True)
        reports.release(TODAY)
        total = reports.published("77002").total
        assert total is not None
        assert total.reports == 5


def test_a_note_is_seen_by_a_moderator_first(reports: Reports, url: str) -> None:
    """Queued it counts nowhere; approved it is published with its batch; rejected it is gone."""
    send(reports, 4)
    send(reports, 1, note=NOTE)
    send(reports, 1, note="Rejected zebra")
    reports.release(TODAY)
    assert reports.published("77002").waiting_contributors == 4
    good, bad = reports.queue()
    assert (good.note, good.reason, good.modifiers, good.carc) == (NOTE, "note", ("26",), "97")
    reports.decide(good.id, approve=True)
    reports.decide(bad.id, approve=False)
    assert "Rejected zebra" not in stored(url)
    with pytest.raises(UnknownReportError):
        reports.decide(bad.id, approve=True)
    assert reports.published("77002").notes == ()
    reports.release(MAY)
    assert reports.published("77002").notes == (NOTE,)
    with io.StringIO() as file:
        reports.export_csv(file)
        assert "zebra" not in file.getvalue()


def test_a_number_in_the_queue_is_never_used_again(reports: Reports) -> None:
    """A moderator who looks at an earlier queue approves nothing they have not seen."""
    (token,) = send(reports, 1, note=NOTE)
    (seen,) = reports.queue()
    reports.withdraw(token)
    send(reports, 1, note="Another note")
    with pytest.raises(UnknownReportError):
        reports.decide(seen.id, approve=True)


def test_a_withdrawal_deletes_at_once_and_figures_fall_whole(reports: Reports, url: str) -> None:
    """Storage and notes at once; the batch of five at the next release; who is left in it never comes again."""
    tokens = send(reports, 4)
    (withdrawn,) = send(reports, 1, note=NOTE)
    reports.decide(reports.queue()[0].id, approve=True)
    reports.release(TODAY)
    assert reports.withdraw(withdrawn) == 1
    assert "zebra" not in stored(url)
    assert token_hash(withdrawn) not in stored(url)
    found = reports.published("77002")
    assert found.total is not None
    assert (found.total.reports, found.notes) == (5, ())
    send(reports, 1)
    reports.release(MAY)
    assert reports.published("77002").total is None
    reports.release(JUNE)
    assert reports.published("77002").waiting_contributors == 1  # not the four who are left
    with pytest.raises(DuplicateReportError):
        reports.submit(FORM, tokens[0], JUNE)


def test_other_batches_stay_when_one_falls(reports: Reports) -> None:
    """Ten alike are two batches; a withdrawal takes five away."""
    tokens = send(reports, 10)
    reports.release(TODAY)
    reports.withdraw(tokens[3])
    reports.release(MAY)
    total = reports.published("77002").total
    assert total is not None
    assert total.reports == 5


def test_a_code_does_not_rise_in_the_release_in_which_it_falls(reports: Reports) -> None:
    """Five go and six come: first five fewer, a month later six more, never one more."""
    tokens = send(reports, 10)
    reports.release(TODAY)
    reports.withdraw(tokens[0])
    send(reports, 6)
    totals = []
    for day in (MAY, JUNE):
        reports.release(day)
        total = reports.published("77002").total
        totals.append(total.reports if total else 0)
    assert totals == [5, 11]


def test_withdrawn_text_is_not_left_in_the_file(tmp_path: Path) -> None:
    """SQLite overwrites what it deletes."""
    file = tmp_path / "reports.db"
    with open_reports(f"sqlite:///{file}") as reports:
        (token,) = send(reports, 1, note=NOTE)
        assert b"zebra striped" in file.read_bytes()
        reports.withdraw(token)
    assert b"zebra striped" not in file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["reports.db"]


def test_the_export_is_what_is_published(reports: Reports) -> None:
    """Disjoint rows of every code; shares to four decimals; empty where a detail or an outcome is not shown."""
    send(reports, 5, outcome="paid_on_appeal")
    send(reports, 3, code="76942", outcome="pending")
    send(reports, 2, code="76942", payer="cigna", carc="50", month="2024-12")
    reports.release(TODAY)
    with io.StringIO() as file:
        assert reports.export_csv(file) == 2
        # 5 of 5: the lower bound is 1 - 0.434482 (see the tests of the interval)
        assert file.getvalue() == (
            "code,payer,carc,quarter,reports,decided,paid_on_appeal,share_paid,share_low,share_high,as_of\n"
            "76942,,,,5,,,,,,2025-04\n"
            "77002,aetna,97,2025-Q1,5,5,5,1.0000,0.5655,1.0000,2025-04\n"
        )


def test_many_at_once_lose_nothing(url: str) -> None:
    """Eight senders, two releases and withdrawals at the same time: every batch is whole."""
    with open_reports(url, limits=MANY) as reports:
        first = send(reports, 12)

        def work(step: int) -> None:
            if step % 6 == 0:
                reports.release(date(2025, 4 + step // 6, 1))
            elif step % 6 == 3:
                reports.withdraw(first[step // 6])
            else:
                send(reports, 1)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(36)))
        # 12 at first, 24 of the 36 steps send one (those not divisible by 3), 6 withdraw one
        assert reports_held(url) == 12 + 24 - 6
        for retiring, told, there in batches_held(url):
            assert there == told or (retiring and there < told)
        # A release that takes batches away publishes none of their code, so the last one may have left none at all:
        # the next takes away what is still retiring, the one after it publishes at least the five who came last.
        send(reports, 5)
        reports.release(date(2026, 1, 1))
        reports.release(date(2026, 2, 1))
        assert reports_held(url) == 12 + 24 - 6 + 5
        whole = batches_held(url)
        assert whole
        assert all(not retiring and there == told for retiring, told, there in whole)
