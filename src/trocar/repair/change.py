"""What may be done about a finding: a change the claim allows, an option that needs a fact, a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trocar.claims.model import ClaimLine
from trocar.claims.written import cell

# A line's address: its claim and its number there.
LineKey = tuple[str, int]
Lines = tuple[ClaimLine, ...]


def key_of(line: ClaimLine) -> LineKey:
    """The address of a line."""
    return line.claim_id, line.line


@dataclass(frozen=True, slots=True)
class Edit:
    """One field of one line put to another value; ``field`` is a column of the claim CSV."""

    line: LineKey
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One step: edits that belong together, and why the law allows them.

    ``kind`` names the module that proposed it, ``why`` says it in a sentence, ``authority`` are keys of the list of
    authorities, and ``evidence`` is what the record must hold for the changed claim to be true.
    """

    kind: str
    edits: tuple[Edit, ...]
    why: str
    authority: tuple[str, ...]
    evidence: tuple[str, ...] = ()

    def applied(self, lines: Lines) -> Lines:
        """The lines with the edits made. Raises ``ClaimInputError`` where a value can't stand on a claim."""
        by_line: dict[LineKey, dict[str, Any]] = {}
        for edit in self.edits:
            by_line.setdefault(edit.line, {})[edit.field] = edit.value
        return tuple(replace(line, **by_line.get(key_of(line), {})) for line in lines)

    def told(self, before: Lines) -> list[dict[str, Any]]:
        """The edits as shapes: line, field, before and after, against the lines they are made on."""
        lines = {key_of(line): line for line in before}
        return [
            {
                "claim_id": edit.line[0],
                "line": edit.line[1],
                "field": edit.field,
                "before": cell(getattr(lines[edit.line], edit.field)),
                "after": cell(edit.value),
            }
            for edit in self.edits
        ]

    @property
    def order(self) -> tuple[Any, ...]:
        """The place of the change among others: by line, then field, then value."""
        return tuple((*edit.line, edit.field, str(edit.value)) for edit in self.edits)


@dataclass(frozen=True, slots=True)
class Option:
    """A change that is right only when a fact is documented: a person confirms the fact, or leaves it."""

    change: Change
    fact: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be done about one finding. ``decide`` says what a person has to settle where no change is allowed."""

    changes: tuple[Change, ...] = ()
    options: tuple[Option, ...] = ()
    decide: str = ""


def edits(line: ClaimLine, values: Mapping[str, Any]) -> tuple[Edit, ...]:
    """Edits of several fields of one line; fields that have the value already are left out."""
    return tuple(Edit(key_of(line), field, value) for field, value in values.items() if getattr(line, field) != value)
