"""The payment table: each component of each code at each place, and what the component decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from trocar.lookup import words
from trocar.lookup.side_by_side import FACILITY_CLAIMS, PLACES, SideBySide, side_by_side
from trocar.toolkit.document import Block, Cell, Says, Section, Table, Tone, numbers
from trocar.toolkit.footnotes import Footnotes
from trocar.toolkit.question import Question

_CAPTION = (
    "Allowed amounts by Medicare's rules: one unit by a participating practitioner who is not a qualifying participant "
    "of an alternative payment model, deductible met."
)


def payment(question: Question) -> Section:
    """The section; a code without a schedule on the day says so in its row."""
    sides = {code: side_by_side(question.asked, code, question.place) for code in question.codes}
    footnotes = Footnotes()
    rows = [row for code in question.codes for row in _rows(question, code, sides[code], footnotes)]
    heads = ("code", "component", *(f"{name} (POS {place})" for name, place in PLACES.items()))
    blocks: list[Block] = [Table(heads, tuple(rows), (0.9, 2.4, 1.5, 2.3, 2), _CAPTION), *footnotes.below()]
    decided = [row for code in question.codes for row in _decides(code, sides[code])]
    if decided:
        blocks.append(_component_table(decided))
    return Section("Payment table", tuple(blocks))


def _rows(question: Question, code: str, sides: SideBySide | None, footnotes: Footnotes) -> Iterator[tuple[Cell, ...]]:
    if sides is None:
        yield (Says(code, tone=Tone.CODE), Says(_why(question, code), tone=Tone.UNKNOWN), Says(""), Says(""), Says(""))
        return
    for component, by_place in sides.practitioner.items():
        name = words.COMPONENTS[component]
        label = f"{component} {name}" if component else name
        amounts = (_amount(question, by_place[where], footnotes) for where in PLACES)
        yield (Says("" if component else code, tone=Tone.CODE), Says(label), *amounts)
    facility = (
        _amount(question, sides.facility[where], footnotes) if where in FACILITY_CLAIMS else Says("no facility")
        for where in PLACES
    )
    yield (Says(""), Says("the facility's own claim", tone=Tone.SOFT), *facility)


def _why(question: Question, code: str) -> str:
    """Why a code has no row of prices: it is not held, or the day has no schedule, or none with the code."""
    if unknown := question.asked.no_schedule(code):
        return f"Not known: {unknown}."
    return f"Not in the fee schedule in force on {question.day.isoformat()}."


def _amount(question: Question, answer: Mapping[str, Any], footnotes: Footnotes) -> Says:
    refs = numbers(question.sources.refs(answer["citations"]))
    marks = footnotes.marks([*answer["reasons"], *answer["assumed"]])
    if answer["allowed"] is not None:
        return Says(f"${Decimal(answer['allowed']):,.2f}{marks}", refs, Tone.MONEY)
    tone = Tone.UNKNOWN if answer["status"] == "not_checked" else Tone.SOFT
    return Says(f"{answer['status'].replace('_', ' ')}{marks}", refs, tone)


def _decides(code: str, sides: SideBySide | None) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Code, global and professional amount in an office, where the schedule prices both."""
    if sides is None or not {"", "26"} <= sides.practitioner.keys():
        return
    whole, professional = (sides.practitioner[component]["office"]["allowed"] for component in ("", "26"))
    if whole is not None and professional is not None:
        yield code, Decimal(whole), Decimal(professional)


def _component_table(decided: list[tuple[str, Decimal, Decimal]]) -> Table:
    rows = tuple(
        (
            Says(code, tone=Tone.CODE), Says(f"${whole:,.2f}"), Says(f"${professional:,.2f}"),
            Says(f"${whole - professional:,.2f}", tone=Tone.MONEY),
            Says(f"{professional / whole:.0%} of the global amount"),
        )
        for code, whole, professional in decided
    )  # fmt: skip
    caption = (
        "What modifier 26 decides. In an office with its own machine, 26 by habit gives the difference away. In a "
        "facility only 26 is the practitioner's: without it the whole line is refused, not the difference."
    )
    heads = ("code", "global, office", "26, office", "difference", "26 pays")
    return Table(heads, rows, (1, 1.5, 1.5, 1.5, 2.5), caption)
