"""``/check``: claims in, findings and what was not checked out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from trocar.book.problems import problem_row
from trocar.entrypoints.check_answer import shapes, summary_of
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.lines import file_content, json_content
from trocar.entrypoints.http.api.parameters import PREFIX
from trocar.entrypoints.http.api.shapes import Checked
from trocar.entrypoints.http.bodies import (
    CSV,
    FHIR,
    JSON,
    MULTIPART,
    NDJSON,
    PARQUET,
    X12,
    json_body,
    media_type,
    unsupported,
    upload,
)
from trocar.entrypoints.http.claims import lines_of, read_file
from trocar.entrypoints.http.state import state_of
from trocar.scrub.together import Part

router = APIRouter(prefix=PREFIX, tags=["check"])
# Rows made and sent at a time, so that other requests are answered in between.
_ROWS = 100
_FILES = (CSV, NDJSON, X12, FHIR, PARQUET, MULTIPART)
_STREAMED: dict[str, Any] = {
    "schema": {
        "type": "string",
        "description": "One object per line: findings, what was not checked, and last the summary. Without the "
        "summary the answer is not whole.",
    }
}


@router.post(
    "/check",
    responses={
        200: {
            "model": Checked,
            "description": "JSON for JSON lines, a stream for files.",
            "content": {NDJSON: _STREAMED},
        }
    },
    openapi_extra={"requestBody": {"required": True, "content": json_content() | file_content()}},
)
async def check(request: Request) -> Response:
    """Check claims with every rule: as `trocar check --format json`.

    Lines as JSON are answered in one object; a claim file (any format that `trocar check` reads: CSV, JSON lines, X12
    837, FHIR, Parquet; gzip or zip where they may be; as the body or as the file of a form) in a stream of objects.
    Claims of one request are one book: what one patient had is compared.
    """
    state = state_of(request)
    most = state.settings.most_lines
    kind = media_type(request)
    if kind == JSON:
        reading = lines_of(await json_body(request), most)
        return Json(_whole(reading, await state.desk.check(reading), request))
    if kind not in _FILES:
        raise unsupported(request, f"{JSON}, {', '.join(_FILES[:-1])} or {_FILES[-1]}")
    file = await upload(request)
    reading = await state.desk.of_files(lambda: read_file(file, most, state.settings.most_body_bytes))
    return StreamingResponse(_lines(reading, await state.desk.check(reading), request), media_type=NDJSON)


def _whole(reading: Input, part: Part, request: Request) -> dict[str, Any]:
    return {
        "findings": [finding.to_dict() for finding in part.findings],
        "not_checked": [
            *(entry.to_dict() for entry in part.not_checked),
            *(problem_row(problem) for problem in reading.problems),
        ],
        "summary": summary_of(reading, part, state_of(request).pack),
    }


async def _lines(reading: Input, part: Part, request: Request) -> AsyncIterator[bytes]:
    summary = {"summary": summary_of(reading, part, state_of(request).pack)}
    coming: Iterator[dict[str, Any]] = chain(shapes(reading, part), [summary])
    while rows := list(islice(coming, _ROWS)):
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        await asyncio.sleep(0)
