"""``/fix``: claims in, the fewest changes that clear what would be denied out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from trocar.book.problems import problem_row
from trocar.claims.written import cells
from trocar.entrypoints.claims_input import Input
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.lines import json_content
from trocar.entrypoints.http.api.parameters import PREFIX
from trocar.entrypoints.http.api.shapes import Fixed, answers
from trocar.entrypoints.http.bodies import json_body
from trocar.entrypoints.http.claims import lines_of
from trocar.entrypoints.http.state import State, state_of
from trocar.repair.answer import reasons
from trocar.repair.repair import repair

router = APIRouter(prefix=PREFIX, tags=["check"])


@router.post(
    "/fix",
    responses=answers(Fixed, "Every claim with its changes, and the lines as repaired."),
    openapi_extra={"requestBody": {"required": True, "content": json_content()}},
)
async def fix(request: Request) -> Response:
    """Mend claims: as `trocar fix --format json`, with the repaired lines beside it.

    A change that rests on a fact the claim doesn't hold is an option under that fact, never made.
    """
    state = state_of(request)
    reading = lines_of(await json_body(request), state.settings.most_lines)
    return await state.desk.of_files(lambda: Json(_answer(reading, state)))


def _answer(reading: Input, state: State) -> dict[str, Any]:
    answer = repair(reading.table, state.pack, state.suppressions)
    said = reasons(answer.claims)
    lines: list[dict[str, Any]] = []
    for line in answer.lines:
        filled = {name: text for name, text in cells(line).items() if text}
        lines.append(filled | {"reasons": said.get((line.claim_id, line.line), [])})
    return {
        "claims": [claim.to_dict() for claim in answer.claims],
        "lines": lines,
        "not_checked": [problem_row(problem) for problem in reading.problems],
    }
