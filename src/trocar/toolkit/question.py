"""What a toolkit is asked: codes, a day, a place; with everything the sections look up, looked up once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from trocar.engine.pack import Pack
from trocar.knowledge import Knowledge, knowledge
from trocar.knowledge.cites import Sources as KnowledgeSources
from trocar.knowledge.model import Statement as Known
from trocar.lookup.asked import Asked
from trocar.lookup.code import DATED_TOPICS, code_facts
from trocar.lookup.numbered_sources import Sources
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.law import law
from trocar.reference.store import Store
from trocar.toolkit.document import Cell, Says, Tone, numbers

EXPERIENCE = "(experience, not law)"


@dataclass(frozen=True)
class Question:
    """``place`` is ``{"zip": ...}``, ``{"mac": ..., "locality": ...}`` or national."""

    pack: Pack
    store: Store
    codes: tuple[str, ...]
    day: date
    place: Mapping[str, str]

    @cached_property
    def asked(self) -> Asked:
        """The day's look-ups."""
        return Asked(self.pack, self.store, self.day)

    @cached_property
    def sources(self) -> Sources:
        """Every source of the document, numbered as it is first used."""
        return Sources()

    @cached_property
    def _cited(self) -> KnowledgeSources:
        return KnowledgeSources(self.pack, self.store, self.day)

    @cached_property
    def _facts(self) -> dict[str, list[Said]]:
        return {code: code_facts(self.pack, self.store, code, self.day, self.place) for code in self.codes}

    @cached_property
    def known(self) -> dict[str, Knowledge]:
        """What is known of each code on the day; codes that nobody described are left out."""
        return {code: found.on(self.day) for code in self.codes if (found := knowledge(code)) is not None}

    @property
    def is_answered(self) -> bool:
        """Whether any table in force on the day answers for any of the codes."""
        said = (said for facts in self._facts.values() for said in facts)
        return any(isinstance(entry, Statement) and entry.topic in DATED_TOPICS for entry in said)

    def facts(self, code: str, *topics: str) -> list[Said]:
        """What the store says of a code on some topics, in their order."""
        return [said for topic in topics for said in self._facts[code] if said.topic == topic]

    def pinned(self) -> dict[str, None]:
        """Which releases were pinned though they are not in force on the day, each once."""
        said = (said for code in self.codes for said in self.facts(code, "pinned"))
        return dict.fromkeys(entry.says for entry in said if isinstance(entry, Statement))

    def not_known(self) -> dict[str, None]:
        """Why questions could not be answered, each reason once."""
        said = (said for facts in self._facts.values() for said in facts)
        return dict.fromkeys(entry.not_checked for entry in said if isinstance(entry, NotKnown))

    def says(self, said: Said, tone: Tone = Tone.PLAIN) -> Says:
        """A statement of the store with its sources, or why there is none."""
        if isinstance(said, Statement):
            return Says(sentence(said.says), numbers(self.sources.refs(said.citations)), tone)
        return Says(f"Not known: {said.not_checked}.", tone=Tone.UNKNOWN)

    def proved(self, code: str, statement: Known, text: str = "") -> Says:
        """A statement of our own with its sources; one of experience says that it is."""
        words = text or statement.text
        if statement.editorial:
            return Says(f"{words} {EXPERIENCE}")
        return Says(words, self.proof(code, statement.cite))

    def proof(self, code: str, cites: Iterable[str]) -> tuple[int, ...]:
        """The numbers of what some citations of a code's own words stand for."""
        cites = tuple(cites)
        self.notes.update(dict.fromkeys(note for cite in cites if (note := self._cited.of(code, cite).note)))
        return numbers(self.sources.proof(self._cited, code, cites))

    def law(self, code: str, cite: str) -> tuple[int, ...]:
        """The numbers of the law alone that a citation rests on, without the rows of files."""
        return numbers(self.sources.authority(key) for key in self._cited.of(code, cite).authorities)

    @cached_property
    def notes(self) -> dict[str, None]:
        """What the proofs used so far have to say of themselves, such as that a row is of another release."""
        return {}

    def heading(self, code: str) -> str:
        """The code with its title in own words, where it has one."""
        title = title_of(code)
        return f"{code}: {title}" if title else code


def title_of(code: str) -> str:
    """The code in own words; empty where neither a knowledge file nor the guidance family has it."""
    if (found := knowledge(code)) is not None:
        return found.title
    family = law().guidance.get(code)
    return " ".join(family.words.split()) if family else ""


def sentence(text: str) -> str:
    """A statement as a sentence: a capital first, a full stop last."""
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", ":", ".)")) else ".")


def cells(*texts: str) -> tuple[Cell, ...]:
    """Plain cells."""
    return tuple(Says(text) for text in texts)
