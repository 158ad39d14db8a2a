"""Forms that only our own pages can send: a signed token that must agree with a cookie."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from fastapi import Request
from starlette.datastructures import FormData

from trocar.entrypoints.http.bodies import form
from trocar.entrypoints.http.errors import HttpError
from trocar.entrypoints.http.state import state_of

COOKIE = "trocar_form"
FIELD = "csrf_token"
HEADER = "x-csrf-token"
# Where the new cookie of a response waits for the middleware that sends it.
NEW_COOKIE = "trocar.form_cookie"
_LENGTH = 43


def csrf_token(request: Request) -> str:
    """The token for a form (field ``csrf_token``) on the page that answers this request; sets the cookie if need be."""
    value = request.scope.get(NEW_COOKIE) or _cookie(request)
    if value is None:
        value = request.scope[NEW_COOKIE] = secrets.token_urlsafe(32)
    return _signed(request, value)


async def checked_form(request: Request) -> FormData:
    """The fields and files of a form that came from our own page, read in memory. Raises ``HttpError`` 403."""
    fields = await form(request)
    given = request.headers.get(HEADER) or fields.get(FIELD)
    value = _cookie(request)
    agrees = (
        value is not None
        and isinstance(given, str)
        and hmac.compare_digest(given.encode(), _signed(request, value).encode())
    )
    if not agrees:
        raise HttpError(
            403,
            "the form is not from a page of this server, or has been open for too long",
            where=f"form {FIELD}",
            remedy="Load the page again, with cookies allowed, and send it again.",
        )
    return fields


def _cookie(request: Request) -> str | None:
    value = request.cookies.get(COOKIE)
    return value if value is not None and len(value) == _LENGTH else None


def _signed(request: Request, value: str) -> str:
    return hmac.new(state_of(request).secret, value.encode(), sha256).hexdigest()
