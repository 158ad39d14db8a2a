"""The toolkit of some codes, on a day, at a place: its sections put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version

from trocar.core.errors import UsageError
from trocar.engine.pack import Pack
from trocar.lookup import words
from trocar.lookup.asked import Asked
from trocar.lookup.quotes import NATIONAL
from trocar.lookup.statement import Statement
from trocar.reference.store import Store
from trocar.toolkit.cards import denial_triggers, documentation
from trocar.toolkit.document import Block, Checklist, Document, Note, Paragraph, Says, Section, Table, Tone
from trocar.toolkit.edit_sheet import edit_sheet
from trocar.toolkit.modifier_card import modifier_card
from trocar.toolkit.payment import payment
from trocar.toolkit.question import Question, sentence, title_of
from trocar.toolkit.source_list import source_list
from trocar.toolkit.tips import tips

TITLE = "Revenue Protection Toolkit"
# What a person can print and use; more codes are more toolkits.
MOST_CODES = 8


def question_of(
    pack: Pack, store: Store, codes: Sequence[str], day: date, place: Mapping[str, str] = NATIONAL
) -> Question:
    """What a toolkit is asked: some codes on a day of service, with amounts at ``place``.

    Raises ``InvalidCodeError`` for a text that is no code, ``UsageError`` for a code the store has never seen, for no
    code and for more than ``MOST_CODES``.
    """
    asked = Asked(pack, store, day)
    checked = tuple(dict.fromkeys(asked.checked(code) for code in codes))
    if not 1 <= len(checked) <= MOST_CODES:
        what = f"{len(checked)} codes are too many for one toolkit" if checked else "no code was given"
        raise UsageError(what, where="CODE", remedy=f"Give 1 to {MOST_CODES} HCPCS codes.")
    return Question(pack, store, checked, day, place or NATIONAL)


def toolkit(question: Question, printed_on: date) -> Document:
    """The document, printed on a day; what the store can't answer for the day of service is said in it."""
    first = _glance(question)
    parts = (
        payment(question), tips(question), edit_sheet(question), documentation(question), modifier_card(question),
        denial_triggers(question),
    )  # fmt: skip
    last = source_list(question.sources, question.pack.catalog.files, question.notes)
    codes, day, printed = question.codes, question.day.isoformat(), printed_on.isoformat()
    facts = (
        ("codes", ", ".join(codes)),
        ("date of service", day),
        ("prices for", place_words(question.place)),
        ("releases used", question.sources.releases.replace(" ", ", ") or "none: no table held answers for this day"),
        ("printed", f"{printed}, Trocar {version('trocar')}"),
    )
    foot = f"{TITLE} · {' '.join(codes)} · date of service {day} · printed {printed}"
    keywords = (*codes, "medical billing", "Medicare")
    sections = (first, *map(_to_pin_up, parts), last)
    return Document(
        TITLE, f"{_and(codes)} on {day}", facts, sections, foot, printed_on, contents=True, keywords=keywords
    )


def _to_pin_up(section: Section) -> Section:
    """A section with something to pin up begins a page; one that only says that nothing is there does not."""
    return replace(section, new_page=any(isinstance(block, Table | Checklist) for block in section.blocks))


def place_words(place: Mapping[str, str]) -> str:
    """The place of the prices in words."""
    if "zip" in place:
        return f"ZIP {place['zip']}"
    if place["locality"] == NATIONAL["locality"]:
        return "national amounts (all indices 1)"
    return "locality " + "-".join(filter(None, (place.get("mac"), place["locality"])))


def _and(codes: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(codes[:-1]), codes[-1])))


def _glance(question: Question) -> Section:
    """Each code in a row, in a few words of our own; what is not known stands first."""
    return Section("At a glance", tuple(_glance_blocks(question)))


def _glance_blocks(question: Question) -> Iterator[Block]:
    missing = tuple(Says(sentence(text)) for text in question.not_known())
    if missing:
        yield Note("Not known for this day, and left open in this document", missing)
    if pinned := tuple(Says(sentence(text)) for text in question.pinned()):
        yield Note("Pinned releases", pinned)
    rows = tuple(_glance_row(question, code) for code in question.codes)
    yield Table(("code", "what it is", "fee schedule", "kind", "units (MUE)"), rows, (0.8, 2.1, 2.2, 2, 2.6))
    for code, known in question.known.items():
        says = (Says(f"{code}.", tone=Tone.CODE), *(question.proved(code, one) for one in known.summary))
        yield Paragraph(says)


def _glance_row(question: Question, code: str) -> tuple[Says | tuple[Says, ...], ...]:
    status = tuple(question.says(said) for said in question.facts(code, "scope", "schedule", "status"))
    kind = tuple(_kind(question, code))
    title = title_of(code) or "not described here"
    return Says(code, tone=Tone.CODE), Says(title), status, kind, _units(question, code)


def _units(question: Question, code: str) -> Says:
    """The practitioner's unit limit in short; the tables of other settings are for their own claims."""
    said = next(iter(question.facts(code, "mue")), None)
    if said is None:
        return Says("")
    says = question.says(said)
    if not isinstance(said, Statement) or said.values["value"] is None:
        return says
    adjudication = words.ADJUDICATION.get(said.values["adjudication"], "no meaning is known for its indicator")
    return Says(f"{said.values['value']}: {adjudication}.", says.refs)


def _kind(question: Question, code: str) -> Iterator[Says]:
    """Whether it is an add-on code; its primaries stand on the edit sheet."""
    for said in question.facts(code, "addon"):
        says = question.says(said)
        yield Says(says.text.partition(";")[0].rstrip(".") + ".", says.refs, says.tone)
