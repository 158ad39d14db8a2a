"""``/price``: what Medicare allows for one line, or for each of many."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from trocar.claims.model import MOST_UNITS, claim_table
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.lines import json_content
from trocar.entrypoints.http.api.parameters import (
    CODE_AND_MODIFIERS,
    PREFIX,
    Amount,
    Locality,
    On,
    YesOrNo,
    Zip,
    day_of,
    place_of,
)
from trocar.entrypoints.http.api.shapes import Price, Prices, answers
from trocar.entrypoints.http.bodies import json_body
from trocar.entrypoints.http.claims import lines_of
from trocar.entrypoints.http.desk import FEW_LINES
from trocar.entrypoints.http.state import state_of
from trocar.entrypoints.price_line import line_of, priced, unreadable

router = APIRouter(prefix=PREFIX, tags=["price"])


@router.get("/price", responses=answers(Price, "The price, or why there is none."))
async def price(
    request: Request,
    code: Annotated[
        str,
        Query(description="A code with its modifiers.", pattern=CODE_AND_MODIFIERS, examples=["77002-26"]),
    ],
    on: On,
    zip: Zip = None,  # noqa: A002 (the name of the parameter)
    locality: Locality = None,
    pos: Annotated[
        str | None, Query(description="Place of service; never guessed.", pattern="^[0-9]{2}$", examples=["22"])
    ] = None,
    units: Annotated[int | None, Query(description="Units of service; 1 is assumed.", ge=1, le=MOST_UNITS)] = None,
    charge: Annotated[Amount | None, Query(description="Charge of the line in dollars.", examples=["250.00"])] = None,
    setting: Annotated[
        Literal["practitioner", "hospital", "asc"] | None, Query(description="Whose claim; practitioner is assumed.")
    ] = None,
    qualifying_apm: Annotated[YesOrNo | None, Query(description="Qualifying APM participant (2026 on).")] = None,
    participating: Annotated[YesOrNo | None, Query(description="Participates in Medicare; yes is assumed.")] = None,
    provider_type: Annotated[
        str | None, Query(description="MD, DO, NP, PA, CNS, CNM ...", pattern="^[A-Z]{2,5}$", examples=["NP"])
    ] = None,
    hpsa: Annotated[YesOrNo | None, Query(description="In a health professional shortage area.")] = None,
    deductible: Annotated[Amount | None, Query(description="Part B deductible still open, in dollars.")] = None,
) -> Response:
    """One line, step by step and cited: as `trocar price --format json`."""
    given = {
        "place_of_service": pos, "units": None if units is None else str(units), "charge": charge, "setting": setting,
        "qualifying_apm": qualifying_apm, "participating": participating, "provider_type": provider_type, "hpsa": hpsa,
        "deductible_remaining": deductible,
    }  # fmt: skip
    named = {"place_of_service": "pos", "deductible_remaining": "deductible"}
    addresses = {name: f"query {named.get(name, name)}" for name in given}
    line = line_of(code, day_of(on), place_of(zip, locality), given, addresses)
    (answer,) = priced(claim_table([line]), state_of(request).pack)
    return Json(answer)


@router.post(
    "/price",
    responses=answers(Prices, "Every line, priced or said why not."),
    openapi_extra={"requestBody": {"required": True, "content": json_content()}},
)
async def prices(request: Request) -> Response:
    """Many lines. Those of one claim and day are priced together, as multiple procedures are."""
    state = state_of(request)
    reading = lines_of(await json_body(request), state.settings.most_lines)

    def work() -> Response:
        return Json({"prices": _answers(reading, request)})

    return work() if reading.rows_read <= FEW_LINES else await state.desk.of_files(work)


def _answers(reading: Input, request: Request) -> list[dict[str, object]]:
    found = priced(reading.table, state_of(request).pack) if reading.table.num_rows else []
    return [*found, *(unreadable(problem) for problem in reading.problems)]
