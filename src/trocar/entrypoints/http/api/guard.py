"""Who may ask: a bearer token whose key has the scope."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from trocar.entrypoints.http.errors import HttpError
from trocar.entrypoints.http.state import state_of

_BEARER = HTTPBearer(auto_error=False, description="A key made by `trocar serve keys add NAME --scope SCOPE`.")
_HEADER = "header Authorization"


def needs(scope: str) -> list[Any]:
    """The dependency that lets pass who has a key for a scope; raises ``HttpError`` 401 or 403."""

    async def check(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> None:
        keys = state_of(request).keys
        key = keys.holder(given.credentials) if keys is not None and given is not None else None
        if key is None:
            what = "no API key was given" if given is None else "the API key is not known"
            remedy = "Send Authorization: Bearer TOKEN; the operator makes one: trocar serve keys add NAME."
            raise HttpError(401, what, where=_HEADER, remedy=remedy, headers={"WWW-Authenticate": "Bearer"})
        if scope not in key.scopes:
            remedy = f"Ask the operator for a key with --scope {scope}."
            raise HttpError(403, f"the key {key.name} has no scope {scope}", where=_HEADER, remedy=remedy)

    return [Depends(check)]
