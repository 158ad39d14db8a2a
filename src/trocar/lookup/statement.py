"""What a look-up says: statements with their proof, and what the store could not answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from trocar.core.cite import Citation


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact in words, with the values behind it (exact, as text or whole numbers) and where they stand.

    ``subject`` is a code (77002), a component (77002-26) or an ordered pair (20610/77002).
    """

    subject: str
    topic: str
    says: str
    values: dict[str, Any] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of a statement."""
        return {
            "subject": self.subject,
            "topic": self.topic,
            "says": self.says,
            "values": self.values,
            "citations": [citation.to_dict() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A question the store can't answer on that day, and which table would."""

    subject: str
    topic: str
    not_checked: str
    needs: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of what was not checked."""
        return {
            "subject": self.subject,
            "topic": self.topic,
            "not_checked": self.not_checked,
            "needs": self.needs,
        }


Said: TypeAlias = Statement | NotKnown
