"""The parameters that several addresses share: what each looks like, and how it is read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from trocar.claims import cells
from trocar.core.errors import ClaimInputError

# On each router by itself: the log tells the route that answered, with its whole path.
PREFIX = "/api/v1"

# Every day of the calendar from 1967, Medicare's first whole year, to 2099; leap days in leap years alone.
_YEAR = "(19(6[7-9]|[7-9][0-9])|20[0-9]{2})"
_LEAP = "(19(68|7[26]|8[048]|9[26])|20([02468][048]|[13579][26]))"
DAY_PATTERN = (
    f"^({_YEAR}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)|{_LEAP}-02-29)$"
)
HCPCS = "([A-Z][0-9]{4}|[0-9]{4}[A-Z0-9])"
CODE_PATTERN = f"^{HCPCS}$"
CODE_AND_MODIFIERS = f"^{HCPCS}(-[A-Z0-9]{{2}}){{0,4}}$"

On = Annotated[
    str,
    Query(
        description="Date of service; always given, never today by default.",
        pattern=DAY_PATTERN,
        examples=["2025-11-03"],
    ),
]
Zip = Annotated[
    str | None,
    Query(description="ZIP where the service was furnished.", pattern="^[0-9]{5}$", examples=["10001"]),
]
Locality = Annotated[
    str | None,
    Query(
        description="Payment locality (contractor and number) or NATIONAL; more precise than a ZIP beside it.",
        pattern="^([0-9]{5}-[0-9]{2}|NATIONAL)$",
        examples=["13202-01"],
    ),
]
YesOrNo = Literal["yes", "no"]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,10}(\.[0-9]{1,2})?$")]


def day_of(text: str) -> date:
    """The date of service; raises ``ClaimInputError``."""
    try:
        return cells.service_date(text)
    except ClaimInputError as error:
        error.where = "query on"
        raise


def place_of(zip_code: str | None, locality: str | None) -> dict[str, str]:
    """The place as columns of a claim line; both may be given, as in a claim CSV. Raises ``ClaimInputError``."""
    place = {} if zip_code is None else {"zip": cells.zip_code(zip_code)}
    if locality is not None:
        contractor, number = cells.locality(locality)
        place |= {"locality": number} | ({"mac": contractor} if contractor else {})
    return place
