"""``/edits``: what ties the codes of one claim to each other, in both directions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from trocar.core.errors import TrocarError, UsageError
from trocar.entrypoints.http.state import state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.web.context import read_context
from trocar.entrypoints.web.render import html
from trocar.lookup.edits import MOST_CODES, edits_between
from trocar.lookup.search import sought
from trocar.lookup.statement import NotKnown, Said

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell of the matrix says, and how it looks."""

    kind: str
    words: str


@router.get("/edits", response_class=HTMLResponse)
def edits_page(request: Request, codes: str = "") -> HTMLResponse:
    """The matrix of the codes, then every statement of each ordered pair."""
    state, context = state_of(request), read_context(request.query_params, today())
    named = sought(codes)
    asked = [*named.codes, *named.words]
    errors: list[TrocarError] = list(context.errors.values())
    found: list[Said] = []
    if asked and not errors:
        try:
            if len(asked) > MOST_CODES:
                raise UsageError(
                    f"{len(asked)} codes are too many to show against each other",
                    where="codes",
                    remedy=f"Give at most {MOST_CODES}; check a longer claim at the claim desk.",
                )
            found = edits_between(state.pack, state.store, asked, context.day, context.setting)
        except TrocarError as error:
            errors.append(error)
    by_pair: dict[str, list[Said]] = defaultdict(list)
    for statement in found:
        by_pair[statement.subject].append(statement)
    return html(
        request,
        "edits.html",
        status=400 if errors else 200,
        section="edits",
        context=context,
        codes=asked,
        errors=errors,
        by_pair=by_pair,
        matrix=matrix(asked, by_pair) if found else None,
    )


def matrix(codes: Sequence[str], by_pair: dict[str, list[Said]]) -> dict[tuple[str, str], list[Cell]]:
    """For each ordered pair its cells: the edit, the add-on tie, included guidance; clear where nothing stands."""
    pairs = [(one, two) for one in codes for two in codes if one != two]
    return {
        (one, two): [cell for statement in by_pair.get(f"{one}/{two}", []) if (cell := _cell(statement))]
        or [Cell("none", "no edit")]
        for one, two in pairs
    }


def _cell(statement: Said) -> Cell | None:
    if isinstance(statement, NotKnown):
        return Cell("unknown", "not checked")
    values: dict[str, Any] = statement.values
    if statement.topic == "edit" and values.get("in_force"):
        words = {0: "denied, no modifier helps", 1: "denied, a modifier may help"}[values["indicator"]]
        return Cell("no" if values["indicator"] == 0 else "review", words)
    if statement.topic == "addon" and values.get("listed"):
        return Cell("yes", "add-on with its primary")
    if statement.topic == "included_guidance":
        return Cell("no" if values["strength"] == "deny" else "review", "guidance included")
    return None
