"""Denial reports: send one, withdraw, moderate, release, and read what is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self, TextIO

from sqlalchemy import Engine, delete, select, update

from trocar.community.contributors import count_report, known_contributor, new_token, token_hash
from trocar.community.database import reading, reports_engine, writing
from trocar.community.errors import IdentifierInNoteError
from trocar.community.export import write_csv
from trocar.community.intake import take_in
from trocar.community.limits import Limits, NetworkLimit
from trocar.community.models import Batch, Contributor, Report
from trocar.community.moderation import QueuedReport, decide, queued_reports
from trocar.community.phi.gate import identifiers
from trocar.community.published import CodeReports, code_reports, waiting_contributors
from trocar.community.reasons import ReasonCodes
from trocar.community.release import is_due, make_release, tell_progress
from trocar.community.report import DenialReport
from trocar.community.schema import check_version, upgrade_engine
from trocar.core.codes import Hcpcs


@dataclass(frozen=True, slots=True)
class Receipt:
    """The token of the contributor, to be shown once and kept by them; ``stage`` is waiting or queued (moderator)."""

    token: str
    stage: str


class Reports:
    """The reports in one database. Days are arguments; every method is safe to call from several processes."""

    def __init__(self, engine: Engine, reasons: ReasonCodes, limits: Limits) -> None:
        self._engine = engine
        self._reasons = reasons
        self._limits = limits
        self._network = NetworkLimit(limits)

    def submit(self, form: Mapping[str, str], token: str | None, today: date, *, network: str | None = None) -> Receipt:
        """Take a report. ``form`` has the fields of ``DenialReport`` as texts, modifiers separated by commas.

        Without a token the contributor is new. ``network`` is the address it came from: counted in memory, never
        stored. Raises ``ReportError`` (a field), ``IdentifierInNoteError``, ``DuplicateReportError``,
        ``TooManyReportsError``, ``UnknownTokenError``; then nothing is stored.
        """
        if network is not None:
            self._network.count_attempt(network, today)
        report = DenialReport.parse(form, self._reasons, today)
        if found := identifiers(report.note):
            raise IdentifierInNoteError(found)
        if network is not None and token is None:
            self._network.count_newcomer(network, today)
        with writing(self._engine) as session:
            if token is None:
                token = new_token()
                contributor = Contributor(token_hash=token_hash(token), day=today, reports_on_day=0)
                session.add(contributor)
                session.flush()
            else:
                contributor = known_contributor(session, token)
            count_report(contributor, today, self._limits.contributor)
            stage = take_in(session, report, contributor, today, self._limits.code)
            session.flush()
            tell_progress(session)
        return Receipt(token, stage)

    def withdraw(self, token: str) -> int:
        """Delete every report of the token's holder, and the holder; tells how many reports.

        Published figures they are in go away whole with the next release, notes beside them at once. Raises
        ``UnknownTokenError``.
        """
        with writing(self._engine) as session:
            contributor = known_contributor(session, token)
            theirs = Report.contributor_id == contributor.id
            batches = select(Report.batch_id).where(theirs, Report.batch_id.is_not(None))
            session.execute(
                update(Batch).where(Batch.id.in_(batches)).values(retiring=True),
                execution_options={"synchronize_session": False},
            )
            reports = len(session.scalars(delete(Report).where(theirs).returning(Report.id)).all())
            session.delete(contributor)
            session.flush()
            tell_progress(session)
        return reports

    def release(self, today: date) -> bool:
        """Publish what came together since the last release; False when the month has had its release."""
        with writing(self._engine) as session:
            return make_release(session, today)

    def release_when_due(self, today: date) -> bool:
        """Make the month's release if there is something to tell; what a server calls every day and after each report.

        The first release of all comes as soon as five contributors have reported one code: nothing published before
        it, so nothing to compare it with.
        """
        with writing(self._engine) as session:
            return is_due(session) and make_release(session, today)

    def published(self, code: str) -> CodeReports:
        """What is published of a code; raises ``InvalidCodeError``."""
        with reading(self._engine) as session:
            return code_reports(session, Hcpcs.parse(code, where="code"))

    def progress(self, code: str) -> int:
        """Contributors, of five, who have reported so far; 0 also where figures are published."""
        with reading(self._engine) as session:
            return waiting_contributors(session, Hcpcs.parse(code, where="code"))

    def queue(self) -> tuple[QueuedReport, ...]:
        """Reports that wait for a moderator, oldest first."""
        with reading(self._engine) as session:
            return queued_reports(session)

    def decide(self, report_id: int, approve: bool) -> None:
        """Approve a queued report, or delete it; raises ``UnknownReportError``."""
        with writing(self._engine) as session:
            decide(session, report_id, approve)

    def export_csv(self, target: TextIO) -> int:
        """Write what is published of every code as CSV; tells how many rows."""
        with reading(self._engine) as session:
            return write_csv(session, target)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_reports(url: str, *, reasons: ReasonCodes | None = None, limits: Limits | None = None) -> Reports:
    """Open the reports at ``sqlite:///FILE`` or ``postgresql://...``.

    A SQLite file is made, and its tables are brought up to date; those of PostgreSQL only by
    ``trocar.community.schema.upgrade``, since others may be using them. ``reasons`` are the store's reason codes;
    without them a reason is judged by its shape. Raises ``ReportDatabaseError``.
    """
    engine = reports_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            upgrade_engine(engine)
        check_version(engine)
    except BaseException:
        engine.dispose()
        raise
    return Reports(engine, reasons or ReasonCodes(), limits or Limits())
