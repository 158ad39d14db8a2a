"""What those who run the server ask: is it well, and how much does it do; and the page that says what the API has."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.guard import needs
from trocar.entrypoints.http.reference import page


def operations(*, guarded: bool) -> APIRouter:
    """``/healthz``, ``/metrics`` (with a key of scope ``metrics`` where keys are asked for) and ``/api/v1/docs``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def health() -> Response:
        """The process answers; its store was opened when it began."""
        return Json({"status": "ok"})

    @router.get("/metrics", dependencies=needs("metrics") if guarded else [])
    async def metrics(request: Request) -> Response:
        """Counts in Prometheus' text format."""
        text, media_type = request.app.state.metrics.text()
        return Response(text, media_type=media_type)

    @router.get("/api/v1/docs")
    async def docs(request: Request) -> Response:
        """The OpenAPI document as a page without scripts."""
        return HTMLResponse(page(request.app.openapi()))

    return router
