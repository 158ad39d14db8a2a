"""Errors of denial reports: what is refused, where in the form, and what to do now. None repeats what was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trocar.core.errors import TrocarError

if TYPE_CHECKING:
    from trocar.community.phi.identifier import Identifier


class ReportError(TrocarError, ValueError):
    """A denial report can't be taken: a field is missing or not one of its choices."""

    docs = "docs/formats/denial-reports.md"


class IdentifierInNoteError(ReportError):
    """The note seems to hold something that identifies a person; nothing of it was stored or logged.

    ``found`` gives each kind with the first and last character, counted from one; never the text itself.
    """

    def __init__(self, found: Sequence[Identifier]) -> None:
        self.found = tuple(found)
        super().__init__(
            "the note seems to hold " + ", ".join(dict.fromkeys(each.kind.words for each in found)),
            where="note, " + ", ".join(f"characters {each.start + 1} to {each.end}" for each in found),
            remedy="Say it without: no names, numbers of persons or claims, addresses or days. Nothing was stored",
        )


class DuplicateReportError(ReportError):
    """The same contributor has reported the same denial already."""


class TooManyReportsError(ReportError):
    """More reports in one day than a contributor, or one network address, may send."""


class UnknownTokenError(ReportError):
    """No contributor has this token: mistyped, or withdrawn."""


class UnknownReportError(ReportError):
    """No report with this number waits for a moderator."""


class ReportDatabaseError(TrocarError):
    """The database of reports can't be opened, or its tables are of another version."""

    docs = "docs/formats/denial-reports.md"
