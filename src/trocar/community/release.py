"""Make a release: take away batches of which somebody withdrew, and publish the batches that have come together."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from trocar.community.batches import THRESHOLD, NewBatch, WaitingReport, new_batches
from trocar.community.choices import PAID_ON_APPEAL, PENDING
from trocar.community.intake import last_release_number
from trocar.community.models import RELEASED, SPENT, WAITING, Batch, Progress, Release, Report


def make_release(session: Session, today: date) -> bool:
    """Publish what can be published; False, and nothing changed, when this month (or a later one) has its release."""
    month = f"{today:%Y-%m}"
    latest = session.scalar(select(func.max(Release.month)))
    if latest is not None and latest >= month:
        return False
    number = last_release_number(session) + 1
    session.add(Release(number=number, month=month))
    falling = _retire(session)
    waiting = _waiting(session, number)
    for code, reports in waiting.items():
        # A figure that falls in a release does not rise in it too: each step is one group of five or more.
        if code not in falling:
            shown = session.scalar(select(func.count()).select_from(Batch).where(Batch.code == code))
            for batch in new_batches(reports, anything_shown=bool(shown)):
                _publish(session, code, batch)
    session.flush()
    tell_progress(session)
    return True


def is_due(session: Session) -> bool:
    """Whether a release has anything to tell: the first ever waits for five contributors of one code."""
    if session.scalar(select(func.max(Release.month))) is not None:
        return True
    contributors = func.count(Report.contributor_id.distinct())
    ready = select(Report.code).where(Report.stage == WAITING).group_by(Report.code).having(contributors >= THRESHOLD)
    return session.scalar(ready.limit(1)) is not None


def _retire(session: Session) -> set[str]:
    """Take retiring batches away whole, and tell their codes.

    Who is left in them is never counted again: the difference would be the one who withdrew.
    """
    codes = set(session.scalars(select(Batch.code).where(Batch.retiring)))
    ids = select(Batch.id).where(Batch.retiring)
    session.execute(
        update(Report).where(Report.batch_id.in_(ids)).values(stage=SPENT, batch_id=None, note=""),
        execution_options={"synchronize_session": False},
    )
    session.execute(delete(Batch).where(Batch.retiring), execution_options={"synchronize_session": False})
    return codes


def _waiting(session: Session, number: int) -> dict[str, list[WaitingReport]]:
    by_code: dict[str, list[WaitingReport]] = defaultdict(list)
    for row in session.scalars(select(Report).where(Report.stage == WAITING).order_by(Report.id)):
        by_code[row.code].append(
            WaitingReport(
                row.id,
                row.contributor_id,
                row.payer,
                row.carc,
                quarter_of(row.month),
                row.outcome != PENDING,
                waited=number - 1 - row.waits_since,
            )
        )
    return by_code


def _publish(session: Session, code: str, new: NewBatch) -> None:
    members = list(session.scalars(select(Report).where(Report.id.in_(new.reports))))
    paid = sum(member.outcome == PAID_ON_APPEAL for member in members) if new.decided else None
    batch = Batch(
        code=code,
        payer=new.payer,
        carc=new.carc,
        quarter=new.quarter,
        reports=len(members),
        paid=paid,
        retiring=False,
    )
    session.add(batch)
    session.flush()
    for member in members:
        member.stage, member.batch_id = RELEASED, batch.id


def tell_progress(session: Session) -> None:
    """Count anew the contributors who wait, for codes of which nothing is published."""
    session.execute(delete(Progress))
    counted = session.execute(
        select(Report.code, func.count(Report.contributor_id.distinct()))
        .where(Report.stage == WAITING, Report.code.not_in(select(Batch.code)))
        .group_by(Report.code)
    ).all()
    for code, contributors in counted:
        session.add(Progress(code=code, contributors=min(contributors, THRESHOLD)))


def quarter_of(month: str) -> str:
    """The calendar quarter of a month: 2025-Q1 of 2025-03."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
