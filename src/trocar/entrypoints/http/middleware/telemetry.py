"""One log line and one count for each request: route, status, time, bytes; never a query, a body, a code or a claim."""

from __future__ import annotations

import logging
import secrets
import traceback
from time import perf_counter
from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trocar.entrypoints.http.errors import HttpError, respond
from trocar.entrypoints.http.metrics import Metrics

LOGGER = logging.getLogger("trocar.http")
_NO_ROUTE = "none"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Telemetry:
    """The outermost layer; what nothing else has caught ends here, told by its place in the program alone."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, log, count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        status, sent = 0, 0

        async def noted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            else:
                sent += len(message.get("body", b""))
            await send(message)

        begun = perf_counter()
        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            LOGGER.error("unexpected", extra={"fields": {"request_id": request_id, **described(error)}})
            # An answer that has begun is left unfinished: the server then closes the connection.
            if not status:
                await respond(Request(scope), _unexpected(request_id))(scope, receive, noted)
        seconds = perf_counter() - begun
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.count(method, route, status, seconds)
        fields = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
        LOGGER.info("request", extra={"fields": {"request_id": request_id, **fields, "bytes": sent}})


def described(error: BaseException) -> dict[str, Any]:
    """The kind of an error and where it was raised; not its words, which may hold what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"kind": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno}" for frame in frames]}


def _unexpected(request_id: str) -> HttpError:
    return HttpError(
        500,
        "something went wrong in the server; it is logged, without what you sent",
        where=f"request {request_id}",
        remedy="Tell the operator this number, and what you asked.",
    )
