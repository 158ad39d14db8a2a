"""``/check``: the claim desk. Claims come in a request, are answered from memory, and are forgotten."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from trocar.core.errors import ClaimInputError, TrocarError, UsageError
from trocar.entrypoints.check_answer import CheckAnswer
from trocar.entrypoints.demo import sample_claims
from trocar.entrypoints.http.bodies import Upload, file_of
from trocar.entrypoints.http.claims import read_file
from trocar.entrypoints.http.csrf import checked_form, csrf_token
from trocar.entrypoints.http.errors import status_of
from trocar.entrypoints.http.state import state_of
from trocar.entrypoints.price_text import made_of
from trocar.entrypoints.web.pages.desk_blocks import Decision, desk_of
from trocar.entrypoints.web.pages.desk_export import KINDS, exported
from trocar.entrypoints.web.render import html
from trocar.rules.registry import all_rules

router = APIRouter()
# What a page answers well; larger books are for ``trocar check``.
MOST_LINES = 50_000


@router.get("/check", response_class=HTMLResponse)
def desk_page(request: Request, sample: bool = False) -> HTMLResponse:
    """The empty desk, or the desk with the sample claims in it."""
    return _page(request, text=sample_claims() if sample else "")


@router.post("/check", response_class=HTMLResponse)
async def check_claims(request: Request) -> HTMLResponse:
    """The desk with the result below the claims."""
    fields = await checked_form(request)
    try:
        decisions = decisions_of(fields)
        answer = await answer_of(request, fields)
    except TrocarError as error:
        return _page(request, text=_text(fields), errors=[error], status=status_of(error))
    desk = await state_of(request).desk.of_files(lambda: desk_of(answer, decisions))
    return _page(request, text=_text(fields), desk=desk)


@router.post("/check/export")
async def export(request: Request, to: Annotated[str, Query()]) -> Response:
    """The result with the decisions as a file; raises ``UsageError`` for an unknown kind."""
    if to not in KINDS:
        raise UsageError(f"{to!r} is not a kind of export", where="to", remedy=f"Choose {', '.join(KINDS)}.")
    fields = await checked_form(request)
    decisions = decisions_of(fields)
    answer = await answer_of(request, fields)
    body = await state_of(request).desk.of_files(lambda: exported(to, answer, decisions))
    name = {"Content-Disposition": f'attachment; filename="trocar-check.{to}"'}
    return Response(body, media_type=KINDS[to], headers=name)


def decisions_of(fields: FormData) -> dict[str, Decision]:
    """What was decided of each finding, by its key; raises ``UsageError`` for an override that says no reason."""
    keys = dict.fromkeys(name.partition(" ")[2] for name in fields if name.startswith(("decision ", "reason ")))
    decisions = {
        key: Decision(str(fields.get(f"decision {key}") or ""), str(fields.get(f"reason {key}") or "").strip())
        for key in keys
    }
    for key, decided in decisions.items():
        if decided.choice == "override" and not decided.reason:
            parts = zip(("claim", "line", "rule"), key.rsplit("|", 3), strict=False)
            raise UsageError(
                "a finding is overridden without a reason",
                where=" ".join(f"{name} {part}" for name, part in parts),
                remedy="Say why beside the decision: the reason goes into the export, and nowhere else.",
            )
    return decisions


async def answer_of(request: Request, fields: FormData) -> CheckAnswer:
    """Read and check; raises ``TrocarError`` for claims that can't be read, or too many of them."""
    chosen = fields.get("file")
    if isinstance(chosen, UploadFile) and chosen.size:
        upload = await file_of(request, fields)
    else:
        upload = Upload("claims", _text(fields).encode())
    if not upload.content.strip():
        raise ClaimInputError("there are no claims", where="the claim lines", remedy="Paste lines or choose a file.")
    state = state_of(request)
    most_bytes = state.settings.most_body_bytes
    return await state.desk.of_files(
        lambda: CheckAnswer.of(read_file(upload, MOST_LINES, most_bytes), state.pack, state.suppressions)
    )


def _text(fields: FormData) -> str:
    text = fields.get("claims")
    return text if isinstance(text, str) else ""


def _page(request: Request, **values: Any) -> HTMLResponse:
    shown = {"text": "", "desk": None, "errors": []} | values
    return html(
        request,
        "desk.html",
        section="check",
        sample="claim_id,line,service_date,hcpcs,modifiers,units,place_of_service,zip,diagnoses",
        rules=len(all_rules()),
        csrf=csrf_token(request),
        most_lines=MOST_LINES,
        made_of=lambda step: "; ".join(made_of(step)),
        **shown,
    )
