"""What waits for a moderator, and the decision: approved it joins the others, rejected it is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from trocar.community.errors import UnknownReportError
from trocar.community.intake import last_release_number
from trocar.community.models import QUEUED, WAITING, Report


@dataclass(frozen=True, slots=True)
class QueuedReport:
    """A report that waits for a moderator. ``reason``: note (it has one) or many (a flood of reports of its code)."""

    id: int
    reason: str
    code: str
    modifiers: tuple[str, ...]
    payer: str
    carc: str
    rarc: str
    month: str
    place_of_service: str
    state: str
    outcome: str
    note: str


def queued_reports(session: Session) -> tuple[QueuedReport, ...]:
    """The queue, oldest first."""
    rows = session.scalars(select(Report).where(Report.stage == QUEUED).order_by(Report.id))
    return tuple(
        QueuedReport(
            row.id,
            row.moderate or "",
            row.code,
            tuple(row.modifiers.split(",")) if row.modifiers else (),
            row.payer,
            row.carc,
            row.rarc,
            row.month,
            row.place_of_service,
            row.state,
            row.outcome,
            row.note,
        )
        for row in rows
    )


def decide(session: Session, report_id: int, approve: bool) -> None:
    """Approve a queued report with its note, or delete it; raises ``UnknownReportError``."""
    row = session.get(Report, report_id)
    if row is None or row.stage != QUEUED:
        raise UnknownReportError(
            f"no report with the number {report_id} waits", where="report", remedy="Look at the queue again"
        )
    if approve:
        row.stage, row.moderate, row.waits_since = WAITING, None, last_release_number(session)
    else:
        session.delete(row)
