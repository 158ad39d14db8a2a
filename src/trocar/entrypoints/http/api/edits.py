"""``/edits``: what ties some codes to each other on a day."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from trocar.core.errors import InvalidCodeError, UsageError
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import CODE_PATTERN, PREFIX, On, day_of
from trocar.entrypoints.http.api.shapes import Statements, answers
from trocar.entrypoints.http.errors import HttpError, not_found
from trocar.entrypoints.http.state import state_of
from trocar.lookup.edits import MOST_CODES, edits_between

router = APIRouter(prefix=PREFIX, tags=["edits"])
# Written by hand: the framework has no word for a list in one parameter.
_CODES: dict[str, Any] = {
    "name": "codes",
    "in": "query",
    "required": True,
    "description": f"Two to {MOST_CODES} different codes with commas between them.",
    "style": "form",
    "explode": False,
    "schema": {
        "type": "array",
        "items": {"type": "string", "pattern": CODE_PATTERN},
        "minItems": 2,
        "maxItems": MOST_CODES,
        "uniqueItems": True,
    },
    "example": ["20610", "76942"],
}


@router.get(
    "/edits",
    responses=answers(Statements, "Statements on each ordered pair."),
    openapi_extra={"parameters": [_CODES]},
)
def edits(
    request: Request,
    on: On,
    setting: Annotated[
        Literal["practitioner", "hospital"], Query(description="Which NCCI table: practitioner (also ASC) or hospital.")
    ] = "practitioner",
) -> Response:
    """Every NCCI edit, add-on tie and included guidance, in both directions: as `trocar edits --format json`."""
    state, day = state_of(request), day_of(on)
    codes = request.query_params.get("codes", "").split(",")
    if not 2 <= len(codes) <= MOST_CODES or len(set(codes)) != len(codes):
        what = f"edits stand between two to {MOST_CODES} different codes"
        raise HttpError(422, what, where="query codes", remedy="Write codes=20610,76942.")
    try:
        found = edits_between(state.pack, state.store, codes, day, setting)
    except InvalidCodeError as error:
        error.where = "query codes"
        raise
    except UsageError as error:
        raise not_found(error) from None
    return Json({"on": day.isoformat(), "statements": [said.to_dict() for said in found]})
