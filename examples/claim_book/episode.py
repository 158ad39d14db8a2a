"""The words of a book: a line, and an episode of one patient with one practitioner on one day."""

from __future__ import annotations

from dataclasses import dataclass, replace

FACILITIES = ("19", "21", "22", "23", "24")
OFFICE = "11"


@dataclass(frozen=True)
class Line:
    """A claim line without what differs from patient to patient."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    diagnoses: tuple[str, ...] = ()

    def with_modifiers(self, *modifiers: str) -> Line:
        """The same line with more modifiers."""
        return replace(self, modifiers=(*self.modifiers, *modifiers))


@dataclass(frozen=True, order=True)
class Mark:
    """A finding that must be made: on a line (from 1) of a claim (from 0) of the episode, by a rule."""

    claim: int
    line: int
    rule: str


@dataclass(frozen=True)
class Episode:
    """What one practitioner bills for one patient on one day, on one claim or two.

    ``weight`` is relative to the others of its kind; ``kind`` names the planted error, '' in a clean episode, with
    ``planted`` the findings that the error is about and ``marks`` all that it entails.
    """

    specialty: str
    place: str
    claims: tuple[tuple[Line, ...], ...]
    weight: int
    npi_wrong: bool = False
    taxonomy: str = ""
    kind: str = ""
    planted: frozenset[Mark] = frozenset()
    marks: frozenset[Mark] = frozenset()

    @property
    def codes(self) -> list[str]:
        """The codes of the first claim."""
        return [line.code for line in self.claims[0]]

    def with_lines(self, *lines: Line) -> Episode:
        """The same episode with other lines on its first claim."""
        return replace(self, claims=(lines, *self.claims[1:]))
