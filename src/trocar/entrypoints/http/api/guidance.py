"""``/guidance/{code}``: which image guidance a procedure includes on a day."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from trocar.core.errors import InvalidCodeError, UsageError
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import CODE_PATTERN, PREFIX, On, day_of
from trocar.entrypoints.http.api.shapes import Statements, answers
from trocar.entrypoints.http.errors import not_found
from trocar.entrypoints.http.state import state_of
from trocar.lookup.guidance_said import guidance_said

router = APIRouter(prefix=PREFIX, tags=["codes"])


@router.get("/guidance/{code}", responses=answers(Statements, "Statements, each with its evidence."))
def guidance(
    request: Request,
    code: Annotated[str, Path(description="A procedure.", pattern=CODE_PATTERN, examples=["32408"])],
    on: On,
    setting: Annotated[
        Literal["practitioner", "hospital"], Query(description="Whose tables: practitioner (also ASC) or hospital.")
    ] = "practitioner",
) -> Response:
    """The verdict of each modality and guidance code, with evidence: as `trocar guidance --format json`."""
    state, day = state_of(request), day_of(on)
    try:
        found = guidance_said(state.pack, state.store, [code], day, setting)
    except InvalidCodeError:
        raise
    except UsageError as error:
        raise not_found(error) from None
    return Json({"on": day.isoformat(), "statements": [said.to_dict() for said in found]})
