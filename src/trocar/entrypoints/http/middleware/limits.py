"""Limits on a request: the size of its body, and the time until its answer begins."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trocar.entrypoints.http.bodies import too_large
from trocar.entrypoints.http.errors import HttpError, respond

# A body of up to so many times the limit is read and forgotten before it is refused; a larger one is cut off.
_READ_AWAY = 4


class BodyLimit:
    """Refuses a body that says it is too large, and one that turns out to be."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self.app = app
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413, or go on; a body without a length raises ``HttpError`` where it is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        said = request.headers.get("content-length", "0")
        if not said.isdecimal() or int(said) > self.most_bytes:
            if said.isdecimal() and int(said) <= self.most_bytes * _READ_AWAY:
                # Most clients look for an answer when they have sent everything, and not before.
                while (await receive()).get("more_body"):
                    pass
            await respond(request, too_large(self.most_bytes))(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most_bytes:
                raise too_large(self.most_bytes)
            return message

        await self.app(scope, counted, send)


class TimeLimit:
    """Answers 503 when nothing has been answered in time; an answer that has begun may go on."""

    def __init__(self, app: ASGIApp, most_seconds: int) -> None:
        self.app = app
        self.most_seconds = most_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application against the clock."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            if not has_begun:
                has_begun = True
                timer.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(self.most_seconds) as timer:
                await self.app(scope, receive, noted)
        except TimeoutError:
            if has_begun:
                raise
            error = HttpError(
                503,
                f"no answer within {self.most_seconds} seconds",
                remedy="Send fewer claims at a time, or try again later.",
                headers={"Retry-After": "5"},
            )
            await respond(Request(scope), error)(scope, receive, send)
