"""The modifier card: which modifiers apply to each code, by its schedule row, and what is known of them besides."""

from __future__ import annotations

from collections.abc import Iterator

from trocar.lookup.modifier_facts import Answer, modifiers_of
from trocar.lookup.statement import NotKnown
from trocar.reference.law import law
from trocar.toolkit.document import Block, Cell, Heading, Says, Section, Table, Tone, numbers
from trocar.toolkit.question import Question, sentence

_ANSWERS = {
    Answer.APPLIES: Says("applies", tone=Tone.STRONG),
    Answer.DOCUMENTATION: Says("by the record"),
    Answer.NO: Says("does not apply", tone=Tone.FOUND),
}
_WIDTHS = (1.9, 1.5, 5.6)
_NEVER_LIFT = ("22", "76", "77")


def modifier_card(question: Question) -> Section:
    """The section: per code the schedule's answers, then our own notes; for every code what lifts an edit."""
    blocks: list[Block] = []
    for code in question.codes:
        rows = (*_derived(question, code), *_notes(question, code))
        heads = ("modifier", "answer", "why")
        blocks += [Heading(question.heading(code)), Table(heads, rows, _WIDTHS)]
    return Section("Modifier card", (*blocks, *_edits(question)))


def _derived(question: Question, code: str) -> Iterator[tuple[Cell, ...]]:
    for said in modifiers_of(question.asked, code):
        if isinstance(said, NotKnown):
            yield Says("–"), Says("not known", tone=Tone.UNKNOWN), question.says(said)
            continue
        refs = numbers(question.sources.refs(said.citations))
        if "authority" in said.values:
            refs += numbers([question.sources.authority(said.values["authority"])])
        modifiers = ", ".join(said.values["modifiers"]) or "any"
        yield Says(modifiers, tone=Tone.CODE), _ANSWERS[said.values["answer"]], Says(sentence(said.says), refs)


def _notes(question: Question, code: str) -> Iterator[tuple[Cell, ...]]:
    known = question.known.get(code)
    for note in known.modifiers if known else ():
        yield Says(note.modifier, tone=Tone.CODE), Says("note", tone=Tone.SOFT), question.proved(code, note)


def _edits(question: Question) -> Iterator[Block]:
    """What lifts an NCCI edit and what never does, for every code."""
    misuse = question.sources.authority("ptp-modifier-misuse")
    rows = (
        _edit_row(question, "may lift", ", ".join(sorted(law().bypass_modifiers)), "ptp-modifiers"),
        _edit_row(question, "only when", misuse["says"], "ptp-modifier-misuse"),
        _edit_row(question, "never lift", ", ".join(_NEVER_LIFT), "ptp-modifiers-without-effect"),
    )
    yield Heading("NCCI edits, on every code")
    yield Table(("modifiers", "an edit with modifier indicator 1; none lifts one with indicator 0"), rows, (1.3, 7.7))


def _edit_row(question: Question, name: str, words: str, authority: str) -> tuple[Cell, ...]:
    return Says(name, tone=Tone.CODE), Says(sentence(words), numbers([question.sources.authority(authority)]))
