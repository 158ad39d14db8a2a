"""Errors over HTTP: the one shape with the status that fits; a page where people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from trocar.benchmarks.folder import RatesError
from trocar.community.errors import (
    DuplicateReportError,
    ReportDatabaseError,
    TooManyReportsError,
    UnknownReportError,
    UnknownTokenError,
)
from trocar.core.errors import LicenceError, ReferenceFileError, StoreError, TrocarError

API = "/api"
_PROGRAMS = (API, "/healthz", "/metrics")
_WORDS = {404: "there is nothing at this address", 405: "this address does not take that method"}
# As much of what was given as an error repeats.
_SHOWN = 40
_REMEDY = "See /api/v1/docs for what there is."
_OF_KIND: tuple[tuple[tuple[type[TrocarError], ...], int], ...] = (
    ((StoreError, ReferenceFileError, LicenceError, ReportDatabaseError, RatesError), 503),
    ((UnknownTokenError, UnknownReportError), 404),
    ((DuplicateReportError,), 409),
    ((TooManyReportsError,), 429),
)


class HttpError(TrocarError):
    """An error that has a status of its own."""

    docs = "docs/http-api.md"

    def __init__(
        self, status: int, what: str, *, where: str = "", remedy: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status
        self.headers = dict(headers or {})


def not_found(error: TrocarError) -> HttpError:
    """The same error for something that a path names and that is not there."""
    found = HttpError(404, error.what, where=error.where, remedy=error.remedy)
    found.docs = error.docs
    return found


def status_of(error: TrocarError) -> int:
    """422 for what was given, 503 for what the server lacks, others as their kind says."""
    if isinstance(error, HttpError):
        return error.status
    return next((status for kinds, status in _OF_KIND if isinstance(error, kinds)), 422)


def respond(request: Request, error: TrocarError) -> Response:
    """The error as JSON, or as a page outside the API where the application has pages."""
    status = status_of(error)
    headers = error.headers if isinstance(error, HttpError) else {}
    as_page = getattr(request.app.state, "html_error", None) if "app" in request.scope else None
    if as_page is not None and not request.url.path.startswith(_PROGRAMS):
        response: Response = as_page(request, error, status)
        response.headers.update(headers)
        return response
    return JSONResponse(error.to_dict(), status, headers=headers)


def install(app: FastAPI) -> None:
    """Answer every error of the application in the one shape."""
    app.add_exception_handler(TrocarError, _of_trocar)
    app.add_exception_handler(RequestValidationError, _of_parameters)
    app.add_exception_handler(HTTPException, _of_framework)


async def _of_trocar(request: Request, error: Exception) -> Response:
    assert isinstance(error, TrocarError)
    return respond(request, error)


async def _of_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = address(first["loc"])
    return respond(request, HttpError(422, _of_parameter(first), where=where, remedy=_wanted(request, first["loc"])))


def _of_parameter(first: Mapping[str, Any]) -> str:
    """What is wrong with a parameter: that it is missing, or what was given instead."""
    if first["type"] == "missing":
        return "it is missing"
    if first["type"] == "string_pattern_mismatch":
        return f"{str(first['input'])[:_SHOWN]!r} is not written as it should be"
    return _sentence(first["msg"])


def _wanted(request: Request, location: Sequence[Any]) -> str:
    """What a parameter of the address is, with an example, as the OpenAPI document says."""
    paths = request.app.openapi()["paths"]
    operation = paths.get(getattr(request.scope.get("route"), "path", ""), {}).get(request.method.lower(), {})
    for told in operation.get("parameters", ()):
        if (told["in"], told["name"]) == tuple(location):
            example = next(iter(told.get("schema", {}).get("examples") or told.get("examples") or ()), None)
            such = f" For example {example}." if isinstance(example, str) else ""
            return f"{told.get('description', '').rstrip('.')}.{such} {_REMEDY}"
    return _REMEDY


async def _of_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = _WORDS.get(error.status_code, _sentence(str(error.detail)))
    headers = dict(error.headers or {}) | _allowed(request)
    return respond(request, HttpError(error.status_code, what, where=request.url.path, remedy=_REMEDY, headers=headers))


def _allowed(request: Request) -> dict[str, str]:
    """Every method of the address: the framework names those of the first function alone that answers there."""
    route = getattr(request.scope.get("route"), "path", "")
    methods = request.app.openapi()["paths"].get(route, {})
    return {"Allow": ", ".join(sorted(method.upper() for method in methods))} if methods else {}


def address(location: Any) -> str:
    """Where a parameter or a field stands: ``query on``, ``body lines[2].hcpcs``."""
    place, *path = location
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    return f"{place} {text}".strip()


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:]
