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
