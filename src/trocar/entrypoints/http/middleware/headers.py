"""Headers of every answer: what a browser may do with it; and the cookie of forms."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trocar.entrypoints.http.csrf import COOKIE, NEW_COOKIE

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'; object-src 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}
_STORED = "Cache-Control"
_HSTS = "max-age=31536000"
_STATIC = "/static/"


class SecurityHeaders:
    """Adds them; answers are kept in no cache unless they say otherwise."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._always = _ALWAYS | ({"Strict-Transport-Security": _HSTS} if https else {})
        self._cookie = f"Path=/; HttpOnly; SameSite=Strict{'; Secure' if https else ''}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the answer begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always.items():
                    headers[name] = value
                if not scope["path"].startswith(_STATIC):
                    headers.setdefault(_STORED, "no-store")
                if NEW_COOKIE in scope:
                    headers.append("Set-Cookie", f"{COOKIE}={scope[NEW_COOKIE]}; {self._cookie}")
            await send(message)

        await self.app(scope, receive, with_headers)
