"""One line to be priced, from texts: the options of a command line, or the query of a URL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from trocar.claims.cells import PARSERS
from trocar.claims.model import ClaimLine, parse_modifiers
from trocar.claims.rows import RowProblem
from trocar.core.codes import Hcpcs
from trocar.core.errors import TrocarError
from trocar.engine.batch import Batch
from trocar.engine.pack import Pack
from trocar.pricing.explain import explain_all
from trocar.pricing.price import price

COLUMNS = (
    "claim_id", "line", "hcpcs", "modifiers", "status", "allowed", "limiting_charge", "medicare_pays", "patient_pays",
    "sequestration", "bonus", "reasons", "assumed", "citations", "where",
)  # fmt: skip
CLAIM_ID = "price"


def line_of(
    code: str, day: date, place: Mapping[str, str], given: Mapping[str, str | None], addresses: Mapping[str, str]
) -> ClaimLine:
    """The claim line of a code with its modifiers (``77002-26``); texts are read as the cells of a claim CSV are.

    ``place`` are columns of the line that are read already, ``given`` columns as text, None where not said, and
    ``addresses`` say where each of these stands, for errors. Raises ``InvalidCodeError`` or ``ClaimInputError``.
    """
    hcpcs, *modifiers = code.split("-")
    values: dict[str, Any] = {"hcpcs": str(Hcpcs.parse(hcpcs, where=code)), **place}
    values["modifiers"] = parse_modifiers(" ".join(modifiers))
    for name, text in given.items():
        if text is not None and text.strip():
            try:
                values[name] = PARSERS[name](text.strip())
            except TrocarError as error:
                error.where = error.where or addresses.get(name, name)
                raise
    return ClaimLine(claim_id=CLAIM_ID, line=1, service_date=day, where=code, **values)


def priced(table: pa.Table, pack: Pack) -> list[dict[str, Any]]:
    """The price of every line of a claim table in input order: the JSON shape of ``trocar price``."""
    return explain_all(price(Batch(table, pack).line))


def unreadable(problem: RowProblem) -> dict[str, Any]:
    """A row that can't be read, in the shape of a price: not checked, and why."""
    error = problem.error
    shape: dict[str, Any] = dict.fromkeys(COLUMNS)
    shape |= {"claim_id": problem.claim_id, "line": problem.line, "status": "not_checked", "modifiers": []}
    shape |= {"reasons": [f"{error['error']}. {error['remedy']}"], "assumed": [], "steps": [], "citations": []}
    return shape | {"where": problem.where}
