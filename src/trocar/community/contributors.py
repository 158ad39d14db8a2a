"""Contributors: a random token that only its holder has; the database knows its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from trocar.community.errors import TooManyReportsError, UnknownTokenError
from trocar.community.models import Contributor


def new_token() -> str:
    """A token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: SHA-256. It needs neither salt nor stretching, being random and 256 bits long."""
    return hashlib.sha256(token.strip().encode()).hexdigest()


def known_contributor(session: Session, token: str) -> Contributor:
    """The holder of the token; raises ``UnknownTokenError``."""
    found = session.scalar(select(Contributor).where(Contributor.token_hash == token_hash(token)))
    if found is None:
        raise UnknownTokenError(
            "no contributor has this token",
            where="token",
            remedy="Check that it is whole; after a withdrawal send a report without a token to get a new one",
        )
    return found


def count_report(contributor: Contributor, today: date, limit: int) -> None:
    """Count one more report of the contributor today; raises ``TooManyReportsError`` above the limit."""
    if contributor.day != today:
        contributor.day, contributor.reports_on_day = today, 0
    if contributor.reports_on_day >= limit:
        raise TooManyReportsError(f"{limit} reports came with this token today", where="token", remedy="Go on tomorrow")
    contributor.reports_on_day += 1
