"""Turn the ledger's columns into answers: one dictionary per line, with its steps, reasons and citations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from trocar.core.cite import Citation
from trocar.core.money import dollars
from trocar.core.period import iso_day
from trocar.engine.lines import Texts
from trocar.pricing.ledger import Note, Status, Step
from trocar.pricing.price import Priced
from trocar.pricing.words import ASSUMED, REASONS, STEPS

# Relative values are kept in hundredths, indices in thousandths, conversion factors in ten-thousandths.
_PARTS = ("work", "practice_expense", "malpractice")
_DECIMAL_PLACES = {**dict.fromkeys(_PARTS, 2), **{f"{part}_index": 3 for part in _PARTS}, "conversion_factor": 4}
_MONEY = ("cap", "base_fee", "charge", "technical", "professional")


def _shown(name: str, value: Any, index: int) -> Any:
    """One value of a note or step at one line, as people read it; money and values exact, as text."""
    item = value[index] if isinstance(value, (Texts, np.ndarray)) else value
    if isinstance(item, str):
        return item
    if name == "day":
        return iso_day(int(item))
    if name == "place":
        return f"{int(item) // 100:05d}-{int(item) % 100:02d}"
    if name in _MONEY:
        return str(dollars(item))
    if name in ("pctc", "bilateral"):
        return chr(item)
    return _scaled(name, item)


def _scaled(name: str, item: Any) -> Any:
    if isinstance(item, bytes):
        return item.decode("ascii")
    if isinstance(item, np.bool_):
        return bool(item)
    if name in _DECIMAL_PLACES:
        return str(Decimal(int(item)).scaleb(-_DECIMAL_PLACES[name]))
    return f"{Decimal(int(item)) / 1000:f}%" if name == "share" else int(item)


def _values(note: Note | Step, index: int) -> dict[str, Any]:
    return {name: _shown(name, value, index) for name, value in note.values.items()}


def said(notes: list[Note], words: Mapping[str, str], index: int) -> list[str]:
    """The sentences of the notes that hold on one line."""
    return [
        words[note.key].format(**_values(note, index)) if note.values else words[note.key]
        for note in notes
        if note.where[index]
    ]


def steps_of(priced: Priced, index: int) -> list[dict[str, Any]]:
    """The steps of one line in order; each with the line's amount after it and what it was made of."""
    answer = []
    for step in priced.ledger.steps:
        if step.where[index]:
            made_of = _values(step, index)
            shape = {"step": step.name, "words": STEPS[step.name], "amount": str(dollars(step.cents[index]))}
            answer.append(shape | made_of)
    return answer


def citations_of(priced: Priced, index: int) -> list[Citation]:
    """Where the line's figures stand: its schedule row and its locality's indices (or its OPPS row)."""
    line = priced.line
    if not line.lines.is_practitioner[index]:
        row = int(line.opps_row[index])
        return [line.pack.cite("opps_status", row)] if row >= 0 else []
    row = int(line.row[index]) if line.row[index] >= 0 else int(line.global_row[index])
    cited = [line.pack.cite("schedule", row)] if row >= 0 else []
    if line.gpci_row[index] >= 0:
        cited.append(line.pack.cite("gpci", int(line.gpci_row[index])))
    if line.zip_row[index] >= 0:
        cited.append(line.pack.cite("zip_locality", int(line.zip_row[index])))
    return cited


def _amount(cents: Any) -> str | None:
    return None if cents < 0 else str(dollars(cents))


def explain(priced: Priced, index: int) -> dict[str, Any]:
    """The answer for one line of the batch (canonical index): the JSON shape of ``trocar price``."""
    lines, settlement = priced.line.lines, priced.settlement
    is_priced = bool(priced.is_priced[index])
    status = Status(int(priced.ledger.status[index]))
    return {
        "claim_id": lines.claim_texts[index],
        "line": int(lines.line_number[index]),
        "hcpcs": lines.hcpcs[index],
        "modifiers": lines.modifiers_of(index),
        "status": status.name.lower(),
        "allowed": _amount(priced.allowed[index]),
        "limiting_charge": _amount(priced.limiting_charge[index]),
        "medicare_pays": str(dollars(settlement.medicare_pays[index])) if is_priced else None,
        "patient_pays": str(dollars(settlement.patient_pays[index])) if is_priced else None,
        "sequestration": str(dollars(settlement.sequestration[index])) if is_priced else None,
        "bonus": _amount(priced.bonus[index]),
        "reasons": said(priced.ledger.reasons, REASONS, index),
        "assumed": said(priced.ledger.assumed, ASSUMED, index),
        "steps": steps_of(priced, index),
        "citations": [citation.to_dict() for citation in citations_of(priced, index)],
    }


def explain_all(priced: Priced) -> list[dict[str, Any]]:
    """The answers of the whole batch in the order of the input."""
    order = np.argsort(priced.line.lines.source)
    return [explain(priced, int(index)) for index in order]
