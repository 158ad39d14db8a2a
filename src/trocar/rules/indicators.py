"""Evidence that several rules share: what the fee schedule's indicators say of a line's code."""

from __future__ import annotations

from collections.abc import Callable

from trocar.engine.batch import Batch
from trocar.engine.neighbours import Indices
from trocar.rules.rule import Evidence


def indicators(*names: str) -> Callable[[Batch, Indices], Evidence]:
    """An evidence function: the named one-character indicators of each line's row, under their own names."""

    def evidence(batch: Batch, lines: Indices) -> Evidence:
        return {name: [chr(number) for number in batch.line.indicator(name)[lines].tolist()] for name in names}

    return evidence
