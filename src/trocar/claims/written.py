"""A claim line as the cells of a claim CSV, which every reader of claims takes back."""

from __future__ import annotations

from typing import Any

from trocar.claims.fields import cell_text
from trocar.claims.model import ClaimLine

# ``mac`` stands in ``locality``, and ``where`` is the reader's own.
COLUMNS = tuple(name for name in ClaimLine.__dataclass_fields__ if name not in ("mac", "where"))


def cell(value: Any) -> str:
    """One value as the claim CSV writes it: lists with spaces between, yes or no, dollars and cents."""
    return " ".join(value) if isinstance(value, tuple) else cell_text(value)


def cells(line: ClaimLine) -> dict[str, str]:
    """The cells of a line by column."""
    place = "-".join(filter(None, (line.mac, line.locality)))
    return {name: cell(getattr(line, name)) for name in COLUMNS} | {"locality": place}
