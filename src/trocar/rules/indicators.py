"""Evidence that several rules share: what the fee schedule's indicators say of a line's code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trocar.engine.batch import Batch


def indicators(*names: str) -> Callable[[Batch, int], dict[str, Any]]:
    """An evidence function: the named one-character indicators of the line's row, under their own names."""

    def evidence(batch: Batch, line: int) -> dict[str, Any]:
        return {name: chr(int(batch.line.indicator(name)[line])) for name in names}

    return evidence
