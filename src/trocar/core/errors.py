"""Errors: each says what is wrong, where, and what to do now, in one shape on every surface."""

from __future__ import annotations


class TrocarError(Exception):
    """The root of every error Trocar raises on purpose.

    ``what`` says what is wrong, ``where`` is an address the user can see (``claims.csv C14``,
    ``PPRRVU25_JAN.csv line 12``), ``remedy`` what to do now, ``docs`` the page that explains it.
    """

    docs = "docs/errors.md"

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}. {self.remedy}" if self.remedy else head

    def to_dict(self) -> dict[str, str]:
        """The one error shape: ``error, where, remedy, docs``."""
        return {"error": self.what, "where": self.where, "remedy": self.remedy, "docs": self.docs}


class InvalidCodeError(TrocarError, ValueError):
    """A text is not a code of the set it stands for (HCPCS, modifier, diagnosis, place of service, NPI)."""

    docs = "docs/formats/claims-csv.md"


class ClaimInputError(TrocarError, ValueError):
    """A claim file or one of its rows can't be read."""

    docs = "docs/formats/claims-csv.md"


class ReferenceFileError(TrocarError, ValueError):
    """A publisher's file is damaged, truncated, foreign or contradicts itself."""

    docs = "docs/reference-store.md"


class StoreError(TrocarError):
    """A reference store is missing, half-written or of another version."""

    docs = "docs/reference-store.md"


class ReceiptError(TrocarError, ValueError):
    """A file is no receipt, or a damaged one."""

    docs = "docs/receipts.md"


class LicenceError(TrocarError):
    """The AMA licence has not been accepted for a full load."""

    docs = "THIRD_PARTY.md"


class UsageError(TrocarError, ValueError):
    """A command or a call was given arguments that don't fit together."""

    docs = "docs/cli.md"
