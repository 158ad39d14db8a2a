"""The first tables of denial reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("payer", sa.String(length=40), nullable=True),
        sa.Column("carc", sa.String(length=3), nullable=True),
        sa.Column("quarter", sa.String(length=7), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=True),
        sa.Column("retiring", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reports >= 5", name="batch_of_five"),
        sa.CheckConstraint("paid IS NULL OR paid BETWEEN 0 AND reports", name="batch_paid"),
    )
    op.create_index("batch_by_code", "batch", ["code"])
    op.create_table(
        "contributor",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False, unique=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reports_on_day", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "intake",
        sa.Column("code", sa.String(length=5), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("reports", sa.Integer(), nullable=False),
    )
    op.create_table(
        "progress",
        sa.Column("code", sa.String(length=5), primary_key=True),
        sa.Column("contributors", sa.Integer(), nullable=False),
    )
    op.create_table(
        "release",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("month", sa.String(length=7), nullable=False, unique=True),
    )
    _make_report()


def _make_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contributor_id", sa.Integer(), sa.ForeignKey("contributor.id", ondelete="CASCADE"), nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("modifiers", sa.String(length=11), nullable=False),
        sa.Column("payer", sa.String(length=40), nullable=False),
        sa.Column("carc", sa.String(length=3), nullable=False),
        sa.Column("rarc", sa.String(length=6), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("place_of_service", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("outcome", sa.String(length=14), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("moderate", sa.String(length=4), nullable=True),
        sa.Column("waits_since", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batch.id"), nullable=True),
        sa.CheckConstraint("stage IN ('waiting', 'queued', 'released', 'spent')", name="report_stage"),
        sa.CheckConstraint("outcome IN ('paid_on_appeal', 'written_off', 'pending')", name="report_outcome"),
        sa.CheckConstraint("(stage = 'released') = (batch_id IS NOT NULL)", name="report_released_in_batch"),
        sa.CheckConstraint("moderate IS NULL OR moderate IN ('note', 'many')", name="report_moderate"),
        sqlite_autoincrement=True,
    )
    op.create_index("report_by_stage", "report", ["stage", "code"])
    op.create_index("report_by_contributor", "report", ["contributor_id", "code"])
    op.create_index("report_by_batch", "report", ["batch_id"])


def downgrade() -> None:
    """Take every table away."""
    for table in ("report", "release", "progress", "intake", "contributor", "batch"):
        op.drop_table(table)
