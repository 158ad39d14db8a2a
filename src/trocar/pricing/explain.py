"""Turn the ledger's columns into answers: one dictionary per line, with its steps, reasons and citations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from trocar.core.cite import Citation
from trocar.core.money import dollars
from trocar.core.period import iso_day
from trocar.engine.in_force import NONE
from trocar.engine.lines import Texts
from trocar.engine.neighbours import Indices
from trocar.pricing.ledger import Note, Status, Step
from trocar.pricing.price import Priced
from trocar.pricing.words import ASSUMED, REASONS, STEPS

# Relative values are kept in hundredths, indices in thousandths, conversion factors in ten-thousandths.
_PARTS = ("work", "practice_expense", "malpractice")
_DECIMAL_PLACES = {**dict.fromkeys(_PARTS, 2), **{f"{part}_index": 3 for part in _PARTS}, "conversion_factor": 4}
_STATUSES = {status.value: status.name.lower() for status in Status}
_MONEY = ("cap", "base_fee", "charge", "technical", "professional")


def _shown(name: str, item: Any) -> Any:
    """One value of a note or step, as people read it; money and values exact, as text."""
    if isinstance(item, (str, bool)):
        return item
    if isinstance(item, bytes):
        return item.decode("ascii")
    if name == "day":
        return iso_day(item)
    if name == "place":
        return f"{item // 100:05d}-{item % 100:02d}"
    if name in _MONEY:
        return str(dollars(item))
    if name in ("pctc", "bilateral"):
        return chr(item)
    if name in _DECIMAL_PLACES:
        return str(Decimal(item).scaleb(-_DECIMAL_PLACES[name]))
    return f"{Decimal(item) / 1000:f}%" if name == "share" else item


def _column(name: str, value: Any, lines: Indices) -> list[Any]:
    """A value of a note or step on some lines; one that is no column is the same on all."""
    if isinstance(value, Texts):
        return value.of_lines(lines)
    if isinstance(value, np.ndarray):
        return [_shown(name, item) for item in value[lines].tolist()]
    return [_shown(name, value)] * len(lines)


def _values(note: Note | Step, lines: Indices) -> list[dict[str, Any]]:
    """The values of a note or step on each of some lines."""
    if not note.values:
        return [{} for _ in lines]
    columns = [_column(name, value, lines) for name, value in note.values.items()]
    return [dict(zip(note.values, row, strict=True)) for row in zip(*columns, strict=True)]


def sentences_of(note: Note, words: Mapping[str, str], lines: Indices) -> list[str]:
    """The sentence of a note on each of some lines on which it holds."""
    sentence = words[note.key]
    return [sentence.format(**values) if values else sentence for values in _values(note, lines)]


def said(notes: Sequence[Note], words: Mapping[str, str], lines: Indices) -> list[list[str]]:
    """For each of some lines, the sentences of the notes that hold on it."""
    answer: list[list[str]] = [[] for _ in lines]
    for note in notes:
        (at,) = note.where[lines].nonzero()
        if len(at):
            for position, sentence in zip(at.tolist(), sentences_of(note, words, lines[at]), strict=True):
                answer[position].append(sentence)
    return answer


def _steps(steps: Sequence[Step], lines: Indices) -> list[list[dict[str, Any]]]:
    """For each of some lines its steps in order; each with the line's amount after it and what it was made of."""
    answer: list[list[dict[str, Any]]] = [[] for _ in lines]
    for step in steps:
        (at,) = step.where[lines].nonzero()
        if len(at):
            shape = {"step": step.name, "words": STEPS[step.name]}
            amounts, made_of = _amounts(step.cents[lines[at]]), _values(step, lines[at])
            for position, amount, values in zip(at.tolist(), amounts, made_of, strict=True):
                answer[position].append(shape | {"amount": amount} | values)
    return answer


def cited_rows(priced: Priced) -> list[tuple[str, Indices]]:
    """Where the figures stand: table and row of each line (-1: none): schedule, indices and ZIP, or the OPPS row."""
    line, practitioner = priced.line, priced.line.lines.is_practitioner
    schedule = np.where(line.row >= 0, line.row, line.global_row)
    rows = [("schedule", schedule), ("gpci", line.gpci_row), ("zip_locality", line.zip_row)]
    if np.count_nonzero(practitioner) == len(line):
        return rows
    of_practitioners = [(table, np.where(practitioner, some, NONE)) for table, some in rows]
    return [*of_practitioners, ("opps_status", np.where(practitioner, NONE, line.opps_row))]


def _citations(priced: Priced, lines: Indices) -> list[list[Citation]]:
    """What each of some lines cites."""
    answer: list[list[Citation]] = [[] for _ in lines]
    for table, rows in cited_rows(priced):
        for position, row in enumerate(rows[lines].tolist()):
            if row >= 0:
                answer[position].append(priced.line.pack.cite(table, row))
    return answer


def citations_of(priced: Priced, index: int) -> list[Citation]:
    """Where the figures of one line stand."""
    return _citations(priced, np.array([index]))[0]


def _amounts(cents: Indices) -> list[str | None]:
    return [None if one < 0 else str(dollars(one)) for one in cents.tolist()]


def _explained(priced: Priced, at: Indices) -> Iterator[dict[str, Any]]:
    """The answer for each of some lines (canonical indices): the JSON shape of ``trocar price``."""
    lines, settlement, ledger = priced.line.lines, priced.settlement, priced.ledger
    paid = priced.is_priced[at]
    columns = {
        "claim_id": lines.claim_texts.of_lines(at),
        "line": lines.line_number[at].tolist(),
        "hcpcs": lines.hcpcs.of_lines(at),
        "modifiers": [lines.modifiers_of(line) for line in at.tolist()],
        "status": [_STATUSES[number] for number in ledger.status[at].tolist()],
        "allowed": _amounts(priced.allowed[at]),
        "limiting_charge": _amounts(priced.limiting_charge[at]),
        "medicare_pays": _amounts(np.where(paid, settlement.medicare_pays[at], NONE)),
        "patient_pays": _amounts(np.where(paid, settlement.patient_pays[at], NONE)),
        "sequestration": _amounts(np.where(paid, settlement.sequestration[at], NONE)),
        "bonus": _amounts(priced.bonus[at]),
        "reasons": said(ledger.reasons, REASONS, at),
        "assumed": said(ledger.assumed, ASSUMED, at),
        "steps": _steps(ledger.steps, at),
        "citations": [[citation.to_dict() for citation in some] for some in _citations(priced, at)],
    }
    for row in zip(*columns.values(), strict=True):
        yield dict(zip(columns, row, strict=True))


def explain(priced: Priced, index: int) -> dict[str, Any]:
    """The answer for one line of the batch (canonical index): the JSON shape of ``trocar price``."""
    return next(_explained(priced, np.array([index])))


def explain_all(priced: Priced) -> list[dict[str, Any]]:
    """The answers of the whole batch in the order of the input."""
    return list(_explained(priced, np.argsort(priced.line.lines.source)))
