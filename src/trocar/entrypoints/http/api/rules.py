"""``/rules``: the rules there are, and one of them in full."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from trocar.core.errors import UsageError
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import DAY_PATTERN, PREFIX, day_of
from trocar.entrypoints.http.api.shapes import Rules, answers
from trocar.entrypoints.http.errors import not_found
from trocar.entrypoints.http.state import state_of
from trocar.entrypoints.rule_shapes import rule_in_full, rule_shapes

router = APIRouter(prefix=PREFIX, tags=["rules"])


@router.get("/rules", responses=answers(Rules, "Every rule, by id."))
async def rules() -> Response:
    """What each rule declares: as `trocar rule --format json`."""
    return Json({"rules": rule_shapes()})


@router.get("/rules/{rule}", responses=answers(Rules, "Its dated declarations, with page, law and examples."))
def rule(
    request: Request,
    rule: Annotated[str, Path(description="Its id or its name.", pattern="^[A-Za-z0-9-]{1,80}$", examples=["NC001"])],
    on: Annotated[
        str | None,
        Query(
            description="Date of service whose conflicts between authorities are listed; without it they are null.",
            pattern=DAY_PATTERN,
            examples=["2024-08-15"],
        ),
    ] = None,
) -> Response:
    """One rule in full: as `trocar rule NC001 --format json`."""
    pack, day = state_of(request).pack, None if on is None else day_of(on)
    try:
        return Json({"rules": rule_in_full(rule, None if day is None else lambda: (pack, day))})
    except UsageError as error:
        raise not_found(error) from None
