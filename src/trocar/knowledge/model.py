"""The shape of what is known of a code: statements in own words, each cited or editorial, each with its days."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from trocar.knowledge.impact import Impact


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; ``cite`` says where it is proved, or it is ``editorial``: experience, not law.

    It holds on days of service from ``first`` to ``last``, both included; None is no bound.
    """

    text: str
    cite: tuple[str, ...] = ()
    editorial: bool = False
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the statement is in force on a day of service."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Statement):
    """Usual places of service, and who bills what there."""

    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(Statement):
    """What the record must hold (``text``), why, and for what: 26, global, TC, units or modifier."""

    why: str
    needed_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip(Statement):
    """Advice; ``impact`` is what its effect is computed from, ``rules`` the ids of the rules that find it."""

    impact: Impact | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(Statement):
    """A usual denial, the adjustment reason (CARC) and remark (RARC) a payer gives, and how to prevent it."""

    carc: str
    prevention: str
    rarc: str | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialty(Statement):
    """Who does it: a NUCC provider taxonomy code."""

    taxonomy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis(Statement):
    """An example of a diagnosis, never coverage: ICD-10-CM without its point; what replaced it after ``last``."""

    icd10: str
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Related(Statement):
    """A code to be told apart from this one, or billed with it."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifierNote(Statement):
    """What a modifier means on this code, where the fee schedule's indicators don't say it."""

    modifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage(Statement):
    """The codes before and after this one; its own first and last day are derived from the releases held."""

    predecessor: tuple[str, ...]
    successor: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything known of one code; ``reviewed_against`` is the policy manual's edition it was checked with."""

    code: str
    title: str
    kind: str
    modality: str
    search: tuple[str, ...]
    reviewed_against: date
    summary: tuple[Statement, ...]
    what_it_is: tuple[Statement, ...]
    what_it_is_not: tuple[Statement, ...]
    service_type: Statement
    sites: tuple[Site, ...]
    vignette: Statement
    indications: tuple[Statement, ...]
    steps: tuple[Statement, ...]
    guidelines: tuple[Statement, ...]
    documentation: tuple[Element, ...]
    tips: tuple[Tip, ...]
    denials: tuple[Denial, ...]
    specialties: tuple[Specialty, ...]
    diagnoses: tuple[Diagnosis, ...]
    related: tuple[Related, ...]
    modifiers: tuple[ModifierNote, ...]
    history: Lineage

    def on(self, day: date) -> Knowledge:
        """The same with only the statements in force on a day of service; diagnoses stay, with what replaced them."""
        kept: dict[str, Any] = {
            name: tuple(statement for statement in statements if statement.holds_on(day))
            for name, statements in self.blocks().items()
            if name != "diagnoses"
        }
        kept["diagnoses"] = tuple(
            diagnosis for diagnosis in self.diagnoses if diagnosis.holds_on(day) or diagnosis.successors
        )
        return replace(self, **kept)

    def blocks(self) -> dict[str, tuple[Statement, ...]]:
        """The lists of statements by name, in the order of the page."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, tuple) and name not in ("search",)}

    def statements(self) -> tuple[Statement, ...]:
        """Every statement, those that stand alone included."""
        listed = (statement for statements in self.blocks().values() for statement in statements)
        return (*listed, self.service_type, self.vignette, self.history)
