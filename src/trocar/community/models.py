"""The tables of denial reports; migrations build them, and a test proves that both say the same."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

WAITING, QUEUED, RELEASED, SPENT = "waiting", "queued", "released", "spent"


class Base(DeclarativeBase):
    """The metadata of every table."""


class Contributor(Base):
    """Somebody who holds a token; all that is known is its SHA-256, and how much came on the last day it was used."""

    __tablename__ = "contributor"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    day: Mapped[date] = mapped_column(Date)
    reports_on_day: Mapped[int] = mapped_column(Integer)


class Report(Base):
    """One denial as reported. ``waits_since`` is the release after which it began to wait.

    Stage: queued for a moderator, waiting for a release, released in a batch, or spent (its batch was retired, since
    somebody else in it withdrew: it is never counted again).
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("stage IN ('waiting', 'queued', 'released', 'spent')", name="report_stage"),
        CheckConstraint("outcome IN ('paid_on_appeal', 'written_off', 'pending')", name="report_outcome"),
        CheckConstraint("(stage = 'released') = (batch_id IS NOT NULL)", name="report_released_in_batch"),
        CheckConstraint("moderate IS NULL OR moderate IN ('note', 'many')", name="report_moderate"),
        Index("report_by_stage", "stage", "code"),
        Index("report_by_contributor", "contributor_id", "code"),
        Index("report_by_batch", "batch_id"),
        # A number is never used again: a moderator may still look at an earlier queue.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contributor_id: Mapped[int] = mapped_column(ForeignKey("contributor.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(5))
    modifiers: Mapped[str] = mapped_column(String(11))
    payer: Mapped[str] = mapped_column(String(40))
    carc: Mapped[str] = mapped_column(String(3))
    rarc: Mapped[str] = mapped_column(String(6))
    month: Mapped[str] = mapped_column(String(7))
    place_of_service: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(2))
    outcome: Mapped[str] = mapped_column(String(14))
    note: Mapped[str] = mapped_column(String(300))
    stage: Mapped[str] = mapped_column(String(8))
    moderate: Mapped[str | None] = mapped_column(String(4))
    waits_since: Mapped[int] = mapped_column(Integer)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))


class Batch(Base):
    """Reports of one code that are published together or not at all: five or more, of five or more contributors.

    A column that is empty was given up so that enough reports came together. ``paid`` is known where all are decided.
    ``retiring``: somebody in it withdrew; the next release takes it away whole.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("reports >= 5", name="batch_of_five"),
        CheckConstraint("paid IS NULL OR paid BETWEEN 0 AND reports", name="batch_paid"),
        Index("batch_by_code", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(5))
    payer: Mapped[str | None] = mapped_column(String(40))
    carc: Mapped[str | None] = mapped_column(String(3))
    quarter: Mapped[str | None] = mapped_column(String(7))
    reports: Mapped[int] = mapped_column(Integer)
    paid: Mapped[int | None] = mapped_column(Integer)
    retiring: Mapped[bool]


class Release(Base):
    """A day on which the published figures changed; at most one in a month."""

    __tablename__ = "release"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), unique=True)


class Progress(Base):
    """As of the last release: contributors waiting, for a code of which nothing is published."""

    __tablename__ = "progress"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    contributors: Mapped[int] = mapped_column(Integer)


class Intake(Base):
    """Reports of a code that came in on a day, so that a flood is noticed; earlier days are deleted."""

    __tablename__ = "intake"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reports: Mapped[int] = mapped_column(Integer)
