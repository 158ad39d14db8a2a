"""Limits against floods: how much one contributor, one network address and one code may send in a day."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import date
from threading import Lock

from trocar.community.errors import TooManyReportsError


@dataclass(frozen=True, slots=True)
class Limits:
    """Reports a day. Above ``code`` a report of the code waits for a moderator; above the others it is refused.

    ``network`` counts attempts, ``newcomers`` those that ask for a new token, of one network address. Own choice:
    a practice has a few denials of a kind in a day, and several practices may share an address.
    """

    contributor: int = 25
    network: int = 60
    newcomers: int = 10
    code: int = 40


class NetworkLimit:
    """Attempts of a day by network address, in the memory of this process alone.

    An address is kept as a hash under a salt that dies with the process and forgotten when the day changes.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._salt = secrets.token_bytes(32)
        self._lock = Lock()
        self._day: date | None = None
        self._attempts: Counter[bytes] = Counter()
        self._newcomers: Counter[bytes] = Counter()

    def count_attempt(self, address: str, today: date) -> None:
        """Count one report sent, taken or not; raises ``TooManyReportsError`` above the limit of the day."""
        if self._add(self._attempts, address, today) > self._limits.network:
            raise TooManyReportsError("too many reports came from this network today", remedy="Go on tomorrow")

    def count_newcomer(self, address: str, today: date) -> None:
        """Count one new token; raises ``TooManyReportsError`` above the limit of the day."""
        if self._add(self._newcomers, address, today) > self._limits.newcomers:
            raise TooManyReportsError(
                "too many new contributors came from this network today",
                remedy="Send the token you were given with your first report",
            )

    def _add(self, counts: Counter[bytes], address: str, today: date) -> int:
        key = hashlib.blake2b(address.encode(), key=self._salt, digest_size=16).digest()
        with self._lock:
            if self._day != today:
                self._day = today
                self._attempts.clear()
                self._newcomers.clear()
            counts[key] += 1
            return counts[key]
