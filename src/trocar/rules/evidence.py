"""Evidence that several rules share: the other line of a pair, the primaries of an add-on, the rest of the day."""

from __future__ import annotations

from typing import Any

from trocar.engine.batch import Batch


def column_1(batch: Batch, pair: int) -> dict[str, Any]:
    """The column 1 code of a pair and its line number."""
    line, lines = int(batch.pair.column_1[pair]), batch.line.lines
    return {"column_1": lines.hcpcs[line], "column_1_line": int(lines.line_number[line])}


def primaries(batch: Batch, line: int) -> dict[str, Any]:
    """The primaries of an add-on line on its claim-day, codes with their line numbers."""
    lines = batch.line.lines
    found = [f"{lines.hcpcs[other]} on line {lines.line_number[other]}" for other in batch.addon.primaries_of(line)]
    return {"primaries": ", ".join(found)}


def rest_of_the_day(batch: Batch, line: int) -> dict[str, Any]:
    """The other codes of the line's claim-day; says so where there are none."""
    others = batch.neighbours.right[batch.neighbours.of_line(line)]
    codes = sorted({batch.line.lines.hcpcs[int(other)] for other in others})
    return {"others": ", ".join(codes) or "nothing else"}


def included_fact(batch: Batch, pair: int) -> dict[str, Any]:
    """The procedure that includes the guidance, and what the own table says of it."""
    fact = batch.line.law.included[batch.pair.fact[pair]]
    return {**column_1(batch, pair), "fact": fact.row, "words": fact.words.strip()}


def better_said(batch: Batch, line: int) -> dict[str, Any]:
    """The code beside the line, what to look at instead, and why."""
    hint = batch.better_said.of_line(line)
    beside = batch.line.lines.hcpcs[int(batch.better_said.beside[line])]
    return {"beside": beside, "suggest": " or ".join(hint.suggest), "words": hint.words.strip()}


def units_of_day(batch: Batch, entry: int) -> dict[str, Any]:
    """The limit and the units of the code on the day."""
    return {"limit": int(batch.day.mue_value[entry]), "day_units": int(batch.day.units[entry])}


def status(batch: Batch, line: int) -> dict[str, Any]:
    """The status of the code and what it means."""
    letter = chr(int(batch.line.indicator("status")[line]))
    return {"status": letter, "meaning": STATUS_MEANING[letter]}


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
