"""Which modifiers apply to a code on a day, and why: derived from the indicators of its fee schedule row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from trocar.core.cite import Citation
from trocar.lookup import words
from trocar.lookup.asked import OUTSIDE_SCOPE, Asked
from trocar.lookup.schedule_facts import component_rows, text_of
from trocar.lookup.statement import NotKnown, Said, Statement
from trocar.reference.law import law

_ANESTHESIA = "J"
# Status codes under which a line can be paid at all: active, restricted, contractor priced, only service of the day.
_PAYABLE = frozenset({"A", "R", "T", "C"})
_NOT_CHECKED = "no meaning is known for it"


class Answer(StrEnum):
    """Whether a modifier applies to a code."""

    APPLIES = "applies"
    DOCUMENTATION = "documentation"
    NO = "no"


YES, PAPERS, NO = Answer.APPLIES, Answer.DOCUMENTATION, Answer.NO


@dataclass(frozen=True, slots=True)
class _ByIndicator:
    """Modifiers that one indicator of the schedule decides: its column, meanings, answers, and the authority."""

    modifiers: tuple[str, ...]
    column: str
    title: str
    meanings: Mapping[str, str]
    answers: Mapping[str, Answer]
    authority: str


_SIDES = {"0": YES, "1": YES, "2": PAPERS, "3": YES, "9": NO}
_BY_INDICATOR = (
    _ByIndicator(
        ("50",), "bilateral", "both sides", words.BILATERAL,
        {"0": NO, "1": YES, "2": NO, "3": YES, "9": NO}, "bilateral",
    ),
    _ByIndicator(("LT", "RT"), "bilateral", "both sides", words.BILATERAL, _SIDES, "bilateral"),
    _ByIndicator(
        ("51",), "multiple_procedure", "multiple procedures", words.MULTIPLE_PROCEDURE,
        {"1": YES, "2": YES, "3": YES, "0": NO, "4": NO, "5": NO, "6": NO, "7": NO, "9": NO}, "multiple-procedures",
    ),
    _ByIndicator(
        ("62",), "co_surgeon", "co-surgeons", words.CO_SURGEON, {"0": NO, "1": PAPERS, "2": YES, "9": NO}, "co-surgeons"
    ),
    _ByIndicator(
        ("66",), "team", "team surgery", words.TEAM, {"0": NO, "1": PAPERS, "2": YES, "9": NO}, "team-surgery"
    ),
    _ByIndicator(
        ("80", "81", "82", "AS"), "assistant", "assistant at surgery", words.ASSISTANT,
        {"0": PAPERS, "1": NO, "2": YES, "9": NO}, "assistant-at-surgery",
    ),
    _ByIndicator(
        ("78",), "global_days", "global period", words.GLOBAL_DAYS,
        {"000": PAPERS, "010": PAPERS, "090": PAPERS, "ZZZ": PAPERS, "YYY": PAPERS, "MMM": NO, "XXX": NO},
        "return-to-theatre",
    ),
)  # fmt: skip


def modifiers_of(asked: Asked, code: str) -> Iterator[Said]:
    """One statement for each modifier, or group of modifiers that one indicator decides.

    ``values`` hold ``modifiers``, ``answer`` (``Answer``), the indicator with its value where one decides, and the
    ``authority`` that tells its meaning. A code without a row on the day gives what is not known; one that can't be
    paid gives that no modifier helps.
    """
    ordinal = asked.release("schedule")
    if not asked.in_scope(code):
        yield NotKnown(code, "modifier", f"{code} is {OUTSIDE_SCOPE}", "schedule")
        return
    if ordinal < 0:
        yield NotKnown(code, "modifier", asked.no_release("schedule"), "schedule")
        return
    rows = component_rows(asked, code, ordinal)
    if "" not in rows:
        says = (
            f"not in the fee schedule in force on {asked.day.isoformat()} ({asked.release_name('schedule', ordinal)})"
        )
        yield Statement(code, "modifier", f"{says}: no modifier applies", {"modifiers": [], "answer": NO})
        return
    row = _Row(asked, code, rows)
    if row.status == _ANESTHESIA:
        yield row.anesthesia(YES)
        return
    if row.status not in _PAYABLE:
        says = f"status {row.status} ({words.STATUS.get(row.status, _NOT_CHECKED)}): no modifier makes it payable"
        yield row.statement((), NO, says, "status-codes", status=row.status)
        return
    yield from row.components()
    yield from (row.by_indicator(group) for group in _BY_INDICATOR)
    yield from row.reduced()
    yield from row.distinct()
    yield row.repeated()
    yield row.anesthesia(NO)


@dataclass(frozen=True, slots=True)
class _Row:
    """The fee schedule rows of one code on the day."""

    asked: Asked
    code: str
    rows: Mapping[str, int]

    @property
    def status(self) -> str:
        return text_of(self.asked, "status", self.rows[""])

    def _cited(self, component: str = "") -> tuple[Citation, ...]:
        return (self.asked.pack.cite("schedule", self.rows[component]),)

    def statement(
        self, modifiers: tuple[str, ...], answer: Answer, says: str, authority: str, component: str = "", **values: Any
    ) -> Statement:
        subject = "-".join((self.code, *modifiers[:1]))
        shape = {"modifiers": list(modifiers), "answer": answer, "authority": authority, **values}
        return Statement(subject, "modifier", says, shape, self._cited(component))

    def components(self) -> Iterator[Statement]:
        """26 and TC by the PC/TC indicator; a component whose own row is not payable does not help."""
        pctc = text_of(self.asked, "pctc", self.rows[""])
        why = f"PC/TC indicator {pctc}: {words.PCTC.get(pctc, _NOT_CHECKED)}"
        for component in ("26", "TC"):
            answer, says = (YES if component in self.rows else NO), why
            if component in self.rows:
                status = text_of(self.asked, "status", self.rows[component])
                if status != self.status or status not in ("A", "R"):
                    says += f"; the row of {component} has status {status}: {words.STATUS.get(status, _NOT_CHECKED)}"
                answer = YES if status in _PAYABLE else NO
            elif component == "26" and pctc == "6":
                answer = YES
            if component == "TC" and answer == YES:
                says += "; never for a hospital's patients"
            held = component if component in self.rows else ""
            yield self.statement((component,), answer, says, "pctc", held, pctc=pctc)

    def by_indicator(self, group: _ByIndicator) -> Statement:
        """The answer that one indicator gives."""
        value = text_of(self.asked, group.column, self.rows[""])
        answer = group.answers.get(value, NO)
        says = f"{group.title} {value}: {group.meanings.get(value, _NOT_CHECKED)}"
        extra = _NOTES.get((group.modifiers[0], value), "")
        return self.statement(
            group.modifiers, answer, f"{says}{'; ' if extra else ''}{extra}", group.authority, **{group.column: value}
        )

    def reduced(self) -> Iterator[Statement]:
        """52 by the biller's own charge; 53 by a row of its own, or by report."""
        yield self.statement(("52",), PAPERS, law().modifiers["52"].words, law().modifiers["52"].authority)
        if "53" in self.rows:
            says = "the schedule has a row of its own for the discontinued procedure"
            yield self.statement(("53",), YES, says, "modifier-53", "53")
        else:
            says = "no row of its own: the contractor reviews and prices a discontinued procedure"
            yield self.statement(("53",), PAPERS, says, "modifier-53")

    def distinct(self) -> Iterator[Statement]:
        """59 and the X modifiers: they lift an edit on the record alone."""
        says = "lifts an edit of indicator 1 when the record shows another site, encounter or practitioner"
        authority = "ptp-modifier-misuse"
        guidance = law().guidance.get(self.code)
        if guidance is not None:
            says += "; the guidance must have belonged to another procedure than the one that contains it"
            authority = "guidance-integral-bypass"
            if guidance.once_per_encounter:
                says += "; no second unit of needle guidance at one encounter"
        yield self.statement(("59", "XE", "XP", "XS", "XU"), PAPERS, says, authority)

    def repeated(self) -> Statement:
        """76 and 77: whether units on a line of their own escape the unit limit is told by its indicator."""
        says = "a repeat; lifts no edit"
        adjudication, cited = self._unit_limit()
        if adjudication:
            helps = "on a line of its own it is tested by itself" if adjudication == 1 else "the units are added up"
            says += f"; unit limit {words.ADJUDICATION[adjudication]}: {helps}"
        else:
            says += f"; {self.asked.no_release('mue_practitioner')}, or the code has no published limit"
        shape = {"modifiers": ["76", "77"], "answer": PAPERS, "authority": "mue-line-modifiers"}
        return Statement(f"{self.code}-76", "modifier", says, shape | {"adjudication": adjudication}, cited)

    def _unit_limit(self) -> tuple[int, tuple[Citation, ...]]:
        """The adjudication indicator of the practitioners' unit limit on the day with its row; 0 where none is held."""
        table = "mue_practitioner"
        ordinal = self.asked.release(table)
        if ordinal < 0:
            return 0, ()
        row = int(self.asked.pack.find(table, np.array([ordinal]), np.array([self.asked.number(self.code)]))[0])
        if row < 0:
            return 0, ()
        return int(self.asked.pack.column(table, "adjudication")[row]), (self.asked.pack.cite(table, row),)

    def anesthesia(self, answer: Answer) -> Statement:
        """The modifiers that belong to anesthesia codes (status J) alone."""
        modifiers = tuple(sorted(law().modifiers_with("anesthesia_only")))
        says = f"status {self.status}: {'an' if answer == YES else 'not an'} anesthesia code"
        return self.statement(modifiers, answer, says, "anesthesia-modifiers", status=self.status)


# What the meaning of the indicator leaves open for one modifier.
_NOTES = {
    ("LT", "0"): "a side, where there is one, may be told; it adds no money",
    ("LT", "2"): "for one side alone the record must say why the code fits",
    ("51", "2"): "the contractor ranks by itself, the modifier only informs",
    ("51", "3"): "the contractor ranks by itself, the modifier only informs",
    ("51", "4"): "the reduction is by component, without the modifier",
    ("78", "000"): "only on return to the operating room for a complication",
    ("78", "010"): "only on return to the operating room for a complication",
    ("78", "090"): "only on return to the operating room for a complication",
    ("78", "ZZZ"): "only with its primary, on return to the operating room",
}
