"""Take a report in: count it, refuse what was reported already, and decide whether a moderator sees it first."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from trocar.community.choices import PENDING
from trocar.community.errors import DuplicateReportError
from trocar.community.models import QUEUED, WAITING, Contributor, Intake, Release, Report
from trocar.community.report import DenialReport

_SAME = ("code", "payer", "carc", "rarc", "month", "place_of_service", "state")


def take_in(session: Session, report: DenialReport, contributor: Contributor, today: date, code_limit: int) -> str:
    """Store the report, and tell its stage; raises ``DuplicateReportError``.

    A report that is still pending and not yet published is replaced by its outcome.
    """
    earlier = _earlier(session, report, contributor)
    if earlier is not None:
        _may_replace(earlier, report)
        session.delete(earlier)
    flood = _today_of_code(session, report.code, today) > code_limit
    moderate = "note" if report.note else "many" if flood else None
    stage = QUEUED if moderate else WAITING
    session.add(
        Report(
            contributor_id=contributor.id,
            modifiers=",".join(report.modifiers),
            **{field: getattr(report, field) for field in _SAME},
            outcome=report.outcome,
            note=report.note,
            stage=stage,
            moderate=moderate,
            waits_since=last_release_number(session),
        )
    )
    return stage


def last_release_number(session: Session) -> int:
    """The number of the last release; 0 before the first."""
    return session.scalar(select(func.max(Release.number))) or 0


def _earlier(session: Session, report: DenialReport, contributor: Contributor) -> Report | None:
    same = [getattr(Report, field) == getattr(report, field) for field in _SAME]
    return session.scalar(
        select(Report).where(
            Report.contributor_id == contributor.id, Report.modifiers == ",".join(report.modifiers), *same
        )
    )


def _may_replace(earlier: Report, report: DenialReport) -> None:
    if earlier.outcome != PENDING or report.outcome == PENDING:
        raise DuplicateReportError(
            "you reported this denial already: the same code, modifiers, payer, reasons, month, place and state",
            where="form",
            remedy="Several denials of one kind in one month are one report",
        )
    if earlier.stage not in (QUEUED, WAITING):
        raise DuplicateReportError(
            "you reported this denial as not yet decided, and it is published so: what is published does not change",
            where="outcome",
            remedy="Report the outcomes of later denials",
        )


def _today_of_code(session: Session, code: str, today: date) -> int:
    """How many reports of the code came today, this one included; earlier days are forgotten."""
    session.execute(delete(Intake).where(Intake.day < today))
    row = session.get(Intake, (code, today))
    if row is None:
        row = Intake(code=code, day=today, reports=0)
        session.add(row)
    row.reports += 1
    return row.reports
