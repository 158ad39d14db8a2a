"""What is published of a code: sums over whole batches, by payer, reason and quarter, with appeals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trocar.community.models import Batch, Progress, Release, Report
from trocar.community.wilson import wilson_interval


@dataclass(frozen=True)
class Appeals:
    """Of ``decided`` reports (paid on appeal or written off) ``paid`` were paid."""

    paid: int
    decided: int

    @property
    def share(self) -> float:
        """Paid of decided, 0 to 1."""
        return self.paid / self.decided

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 percent Wilson interval of the share."""
        return wilson_interval(self.paid, self.decided)


@dataclass(frozen=True, slots=True)
class Figures:
    """Five or more ``reports`` of five or more contributors; a detail that is None is not shown for them.

    ``appeals`` covers the reports whose batch is decided throughout; None where there is no such batch.
    """

    payer: str | None
    carc: str | None
    quarter: str | None
    reports: int
    appeals: Appeals | None


@dataclass(frozen=True, slots=True)
class CodeReports:
    """Everything published of one code. ``total`` is None below five reports of five contributors.

    Each list adds up to the total; its row without a detail counts the reports whose detail is not shown.
    ``waiting_contributors`` (of five) is told only where nothing is published. ``as_of`` is the month of the last
    release, empty before the first. ``notes`` were approved by a moderator.
    """

    code: str
    as_of: str
    total: Figures | None
    by_payer: tuple[Figures, ...]
    by_carc: tuple[Figures, ...]
    by_payer_and_carc: tuple[Figures, ...]
    trend: tuple[Figures, ...]
    notes: tuple[str, ...]
    waiting_contributors: int | None


def code_reports(session: Session, code: str) -> CodeReports:
    """What is published of a code as of the last release."""
    batches = list(session.scalars(select(Batch).where(Batch.code == code)))
    total = sums(batches, lambda batch: (None, None, None))
    return CodeReports(
        code=code,
        as_of=last_month(session),
        total=total[0] if total else None,
        by_payer=sums(batches, lambda batch: (batch.payer, None, None)),
        by_carc=sums(batches, lambda batch: (None, batch.carc, None)),
        by_payer_and_carc=sums(batches, lambda batch: (batch.payer, batch.carc, None)),
        trend=sums(batches, lambda batch: (None, None, batch.quarter)),
        notes=_notes(session, code),
        waiting_contributors=None if batches else waiting_contributors(session, code),
    )


def waiting_contributors(session: Session, code: str) -> int:
    """Contributors, of five, who wait for others with the code."""
    row = session.get(Progress, code)
    return row.contributors if row else 0


def last_month(session: Session) -> str:
    """The month of the last release; empty before the first."""
    return session.scalar(select(func.max(Release.month))) or ""


Key = tuple[str | None, str | None, str | None]


def sums(batches: Iterable[Batch], key: Callable[[Batch], Key]) -> tuple[Figures, ...]:
    """Figures of the batches with the same key, most reports first; those without a detail last."""
    groups: dict[Key, list[Batch]] = defaultdict(list)
    for batch in batches:
        groups[key(batch)].append(batch)
    figures = [
        Figures(*details, sum(one.reports for one in group), _appeals(group)) for details, group in groups.items()
    ]
    return tuple(sorted(figures, key=_order))


def _order(row: Figures) -> tuple[bool, bool, str, int, str, str]:
    named = (row.payer or "", row.carc or "")
    return (row.payer is None, row.carc is None, row.quarter or "9", -row.reports, *named)


def _appeals(batches: list[Batch]) -> Appeals | None:
    decided = [batch for batch in batches if batch.paid is not None]
    if not decided:
        return None
    return Appeals(sum(batch.paid or 0 for batch in decided), sum(batch.reports for batch in decided))


def _notes(session: Session, code: str) -> tuple[str, ...]:
    """In the order of the alphabet, so that the order says nothing of when they came."""
    found = session.scalars(
        select(Report.note)
        .join(Batch, Report.batch_id == Batch.id)
        .where(Batch.code == code, Batch.retiring.is_(False), Report.note != "")
    )
    return tuple(sorted(found))
