"""Evidence that several rules share: the other line of a pair, the primaries of an add-on, the rest of the day."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trocar.core.codes import Icd10
from trocar.core.period import iso_day
from trocar.engine.batch import Batch
from trocar.engine.lines import Bools
from trocar.engine.neighbours import Indices
from trocar.rules.columns import beside, codes_of, gathered, owned
from trocar.rules.rule import Evidence

# Manual, ch. I, sec. D (I-13): 25 beside a minor procedure, 57 for the decision to do a major one.
VISIT = " (A visit of its own is said with 25, one that decided a major operation with 57.)"


def column_1(batch: Batch, pairs: Indices) -> Evidence:
    """The column 1 code of each pair and its line number."""
    lines = batch.pair.column_1[pairs]
    return {"column_1": codes_of(batch, lines), "column_1_line": batch.line.lines.line_number[lines]}


def column_1_and_hint(batch: Batch, pairs: Indices) -> Evidence:
    """The column 1 code, and what says both services: one code where one is known, the modifier of a visit."""
    lines = batch.pair.column_1[pairs].tolist(), batch.pair.column_2[pairs].tolist()
    hints = list(map(batch.better_said.of_pair, *lines))
    visits = batch.visit.is_visit[batch.pair.column_2[pairs]].tolist()
    words = [f" ({hint.words.strip()})" if hint else VISIT * visit for hint, visit in zip(hints, visits, strict=True)]
    return column_1(batch, pairs) | {"suggest": [list(hint.suggest) if hint else [] for hint in hints], "hint": words}


def primaries(batch: Batch, lines: Indices) -> Evidence:
    """The primaries of each add-on line on its claim-day, codes with their line numbers."""
    entry, primary = beside(batch, batch.addon.tied, lines)
    numbers = batch.line.lines.line_number[primary].tolist()
    told = [f"{code} on line {number}" for code, number in zip(codes_of(batch, primary), numbers, strict=True)]
    return {"primaries": [", ".join(some) for some in gathered(entry, told, len(lines))]}


def stated(rule: str) -> Callable[[Batch, Indices], Evidence]:
    """An evidence function: the first line beside each told one, and what the manual's statement says of the two."""

    def evidence(batch: Batch, lines: Indices) -> Evidence:
        beside_them, statements = batch.stated.first_of(rule, lines)
        return {
            "beside": codes_of(batch, beside_them),
            "beside_line": batch.line.lines.line_number[beside_them],
            "words": [statement.words for statement in statements],
        }

    return evidence


def operation_before(batch: Batch, lines: Indices) -> Evidence:
    """The operation whose global period covers each line's day, and when it was."""
    operations = np.array([batch.history.operation_of(line) for line in lines.tolist()], np.int64)
    days = batch.line.lines.day[operations].tolist()
    return {"operation": codes_of(batch, operations), "operated": [iso_day(day) for day in days]}


def neighbours_of(batch: Batch, pairs: Indices, lines: Indices) -> Evidence:
    """The first of some neighbour pairs' other line, for each of some left lines."""
    others = batch.neighbours.right[pairs[np.searchsorted(batch.neighbours.left[pairs], lines)]]
    return {"beside": codes_of(batch, others), "beside_line": batch.line.lines.line_number[others]}


def rest_of_the_day(batch: Batch, lines: Indices) -> Evidence:
    """The other codes of each line's claim-day; says so where there are none."""
    entry, at = owned(batch.neighbours.left, lines)
    codes = gathered(entry, codes_of(batch, batch.neighbours.right[at]), len(lines))
    return {"others": [", ".join(sorted(set(some))) or "nothing else" for some in codes]}


def included_fact(batch: Batch, pairs: Indices) -> Evidence:
    """The procedure that includes the guidance, and what the own table says of it."""
    facts = [batch.line.law.included[at] for at in batch.pair.fact[pairs].tolist()]
    own = {"fact": [fact.row for fact in facts], "words": [fact.words.strip() for fact in facts]}
    return column_1(batch, pairs) | own


def better_said(batch: Batch, lines: Indices) -> Evidence:
    """The code beside each line, what to look at instead, and why."""
    hints = [batch.better_said.of_line(line) for line in lines.tolist()]
    return {
        "beside": codes_of(batch, batch.better_said.beside[lines]),
        "suggest": [" or ".join(hint.suggest) for hint in hints],
        "words": [hint.words.strip() for hint in hints],
    }


def diagnoses(batch: Batch, lines: Indices, chosen: Bools) -> Evidence:
    """The chosen diagnoses of each line, with their point."""
    diagnosis = batch.diagnosis
    entry, at = owned(diagnosis.owner[chosen], lines)
    values = diagnosis.texts.values
    codes = [Icd10(values[number]).dotted for number in diagnosis.texts.numbers[chosen][at].tolist()]
    return {"diagnoses": [", ".join(some) for some in gathered(entry, codes, len(lines))]}


def modifiers_said(batch: Batch, lines: Indices, chosen: Callable[[str], bool]) -> list[str]:
    """The chosen modifiers of each line, in order."""
    return [" ".join(filter(chosen, batch.line.lines.modifiers_of(line))) for line in lines.tolist()]


def units_of_day(batch: Batch, entries: Indices) -> Evidence:
    """The limit and the units of each code on the day."""
    return {"limit": batch.day.mue_value[entries], "day_units": batch.day.units[entries]}


def status(batch: Batch, lines: Indices) -> Evidence:
    """The status of each code and what it means."""
    letters = [chr(letter) for letter in batch.line.indicator("status")[lines].tolist()]
    return {"status": letters, "meaning": [STATUS_MEANING[letter] for letter in letters]}


# Attachment A of RVU25D.pdf, in own words: the statuses that the fee schedule does not pay.
STATUS_MEANING = {
    "D": "deleted",
    "E": "excluded from the physician fee schedule by regulation; where it is covered, another system pays it",
    "F": "deleted or discontinued, without grace period",
    "G": "not valid for Medicare, another code is used",
    "H": "deleted modifier",
    "I": "not valid for Medicare, another code is used",
    "M": "a measurement code, reported without payment",
    "N": "not covered",
    "P": "bundled or excluded",
    "X": "no physician service by law; another schedule pays it if it is covered",
}
