"""Evidence out of the columns that rules give: one object per finding, or its JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from trocar.rules.rule import Evidence

Columns = Mapping[str, list[Any]]
_JSON = json.JSONEncoder(ensure_ascii=False)


def plain(evidence: Evidence) -> dict[str, list[Any]]:
    """The columns as lists of Python's own values."""
    return {
        name: values.tolist() if isinstance(values, np.ndarray) else list(values) for name, values in evidence.items()
    }


def objects(columns: Columns, length: int) -> list[dict[str, Any]]:
    """One object per entry, without the names that say nothing of it (None)."""
    if not columns:
        return [{} for _ in range(length)]
    rows = zip(*columns.values(), strict=True)
    return [{name: value for name, value in zip(columns, row, strict=True) if value is not None} for row in rows]


def texts(columns: Columns, length: int) -> list[str]:
    """The JSON text of each object (UTF-8 as it stands)."""
    if not columns:
        return ["{}"] * length
    cells = [_cells(name, values) for name, values in columns.items()]
    return ["{" + ", ".join(filter(None, row)) + "}" for row in zip(*cells, strict=True)]


def _cells(name: str, values: Iterable[Any]) -> list[str | None]:
    key = _JSON.encode(name)
    # Writing an integer by itself is several times quicker than asking the encoder.
    return [
        None if value is None else f"{key}: {value if type(value) is int else _JSON.encode(value)}" for value in values
    ]
