"""The published figures as an open CSV: one row per code and detail shown, disjoint, so that rows may be added up."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from trocar.community.models import Batch
from trocar.community.published import Figures, last_month, sums

COLUMNS = (
    "code",
    "payer",
    "carc",
    "quarter",
    "reports",
    "decided",
    "paid_on_appeal",
    "share_paid",
    "share_low",
    "share_high",
    "as_of",
)


def write_csv(session: Session, target: TextIO) -> int:
    """Write the published figures of every code, and tell how many rows; notes are not among them."""
    by_code: dict[str, list[Batch]] = defaultdict(list)
    for batch in session.scalars(select(Batch).order_by(Batch.code)):
        by_code[batch.code].append(batch)
    as_of = last_month(session)
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = [
        (code, *_row(figures), as_of)
        for code, batches in by_code.items()
        for figures in sums(batches, lambda batch: (batch.payer, batch.carc, batch.quarter))
    ]
    writer.writerows(rows)
    return len(rows)


def _row(figures: Figures) -> tuple[str | int, ...]:
    details = (figures.payer or "", figures.carc or "", figures.quarter or "", figures.reports)
    if figures.appeals is None:
        return (*details, "", "", "", "", "")
    low, high = figures.appeals.interval
    shares = (f"{share:.4f}" for share in (figures.appeals.share, low, high))
    return (*details, figures.appeals.decided, figures.appeals.paid, *shares)
