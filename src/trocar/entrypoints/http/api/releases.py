"""``/releases``: what the store holds."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import PREFIX
from trocar.entrypoints.http.api.shapes import Releases, answers
from trocar.entrypoints.http.state import state_of
from trocar.reference.status import status

router = APIRouter(prefix=PREFIX, tags=["releases"])


@router.get("/releases", responses=answers(Releases, "Every file, and every gap between files."))
async def releases(request: Request) -> Response:
    """Tables, releases, days in force, rows, warnings, gaps: as `trocar data status --format json`."""
    return Json({"files": [row.to_dict() for row in status(state_of(request).store)]})
