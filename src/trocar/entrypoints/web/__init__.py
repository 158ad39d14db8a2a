"""The pages: server-rendered, complete without JavaScript, live with htmx where there is some."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from trocar.core.errors import TrocarError
from trocar.entrypoints.web.pages import code, denials, desk, edits, plain, remittances, toolkit
from trocar.entrypoints.web.render import html

_HEADINGS = {404: "There is nothing here", 413: "Too much at once", 503: "Not available now"}


def mount(app: FastAPI) -> None:
    """Add every page, the files they load, and errors as pages."""
    package = Path(str(resources.files("trocar")))
    app.mount("/static/vega", StaticFiles(directory=package / "data" / "vega"), name="vega")
    app.mount("/static", StaticFiles(directory=package / "entrypoints" / "web" / "static"), name="static")
    for pages in (plain, code, edits, desk, denials, remittances, toolkit):
        app.include_router(pages.router, include_in_schema=False)
    app.state.html_error = error_page


def error_page(request: Request, error: TrocarError, status: int) -> HTMLResponse:
    """What is wrong, where, and how to go on."""
    heading = _HEADINGS.get(status, "That can't be answered as asked")
    return html(request, "error.html", status=status, error=error, heading=heading, suggestions=[])
