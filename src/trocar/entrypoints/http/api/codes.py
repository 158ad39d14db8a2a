"""``/codes``: the codes of the store, and everything known of one on a day."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from trocar.core.errors import InvalidCodeError, UsageError
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import CODE_PATTERN, PREFIX, Locality, On, Zip, day_of, place_of
from trocar.entrypoints.http.api.shapes import Codes, Statements, answers
from trocar.entrypoints.http.errors import not_found
from trocar.entrypoints.http.state import state_of
from trocar.lookup.code import NATIONAL, code_facts

router = APIRouter(prefix=PREFIX, tags=["codes"])
_WIDTH = 5


@router.get("/codes", responses=answers(Codes, "The first of them, in order."))
async def codes(
    request: Request,
    prefix: Annotated[str, Query(description="How the code begins.", pattern="^[A-Z0-9]{0,5}$", examples=["770"])] = "",
    limit: Annotated[int, Query(description="Most codes to list.", ge=1, le=1_000)] = 100,
) -> Response:
    """The codes for which the store answers."""
    pack = state_of(request).pack
    held = pack.codes[pack.in_scope()]
    low = int(np.searchsorted(held, prefix.encode()))
    # After every code that begins so: no code has a character beyond Z.
    high = int(np.searchsorted(held, prefix.encode().ljust(_WIDTH, b"~")))
    found = [code.decode() for code in held[low : min(high, low + limit)].tolist()]
    return Json({"codes": found, "total": high - low})


@router.get("/codes/{code}", responses=answers(Statements, "Statements, each with its source."))
async def code(
    request: Request,
    code: Annotated[str, Path(description="A HCPCS code.", pattern=CODE_PATTERN, examples=["77002"])],
    on: On,
    zip: Zip = None,  # noqa: A002 (the name of the parameter)
    locality: Locality = None,
) -> Response:
    """Everything known of a code on a day: as `trocar code --format json`. Prices are national without a place."""
    state, day = state_of(request), day_of(on)
    place = place_of(zip, locality) or NATIONAL
    try:
        found = code_facts(state.pack, state.store, code, day, place)
    except InvalidCodeError:
        raise
    except UsageError as error:
        raise not_found(error) from None
    return Json({"on": day.isoformat(), "statements": [said.to_dict() for said in found]})
