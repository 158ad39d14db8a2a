"""``/toolkit``: the Revenue Protection Toolkit of some codes, and the appeal of a finding, as PDFs to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from trocar.core.errors import TrocarError, UsageError
from trocar.entrypoints.appealed_line import appealed_line
from trocar.entrypoints.http.csrf import checked_form, csrf_token
from trocar.entrypoints.http.errors import status_of
from trocar.entrypoints.http.state import State, state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.web.context import Context, read_context
from trocar.entrypoints.web.pages.desk import answer_of
from trocar.entrypoints.web.render import html
from trocar.toolkit.appeal import appeal
from trocar.toolkit.document import Document
from trocar.toolkit.kit import MOST_CODES, question_of, toolkit

router = APIRouter()
_APPEAL = ("claim", "line", "rule")


@router.get("/toolkit", response_class=HTMLResponse)
def toolkit_page(request: Request, codes: str = "") -> HTMLResponse:
    """The two forms: codes on a day, or a line of a claim."""
    return _page(request, _codes(codes), read_context(request.query_params, today()))


@router.get("/toolkit.pdf")
async def toolkit_pdf(request: Request, codes: str = "") -> Response:
    """The toolkit as a PDF; what can't be read is said on the page of the form."""
    context, asked = read_context(request.query_params, today()), _codes(codes)
    if context.errors:
        return _page(request, asked, context, errors=list(context.errors.values()), status=400)
    state = state_of(request)
    try:
        body = await state.desk.of_files(lambda: _toolkit(state, asked, context))
    except TrocarError as error:
        return _page(request, asked, context, errors=[error], status=status_of(error))
    return _pdf(body, f"toolkit-{'-'.join(code.upper() for code in asked)}-{context.day.isoformat()}")


@router.post("/toolkit/appeal.pdf")
async def appeal_pdf(request: Request) -> Response:
    """The letter for a finding of a claim that is sent along; the claim is answered from memory and forgotten."""
    fields = await checked_form(request)
    given = {name: text.strip() for name in _APPEAL if isinstance(text := fields.get(name), str)}
    try:
        line = _line(given.get("line", ""))
        answer = await answer_of(request, fields)
        about = appealed_line(answer, given.get("claim", ""), line, given.get("rule") or None)
        body = await state_of(request).desk.of_files(lambda: _printed(appeal(about, today())))
    except TrocarError as error:
        context = read_context({}, today())
        return _page(request, [], context, appeal_errors=[error], given=given, status=status_of(error))
    return _pdf(body, f"appeal-line-{line}")


def _toolkit(state: State, codes: Sequence[str], context: Context) -> bytes:
    question = question_of(state.pack, state.store, codes, context.day, context.place)
    return _printed(toolkit(question, today()))


def _printed(document: Document) -> bytes:
    # The library that makes PDFs takes 0.15 s to load: the first who prints waits for it, not every start.
    from trocar.toolkit.layout import pdf_of

    return pdf_of(document)


def _codes(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _line(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise UsageError(f"{text!r} is not a line number", where="line", remedy="Give the line's number on the claim.")
    return int(text)


def _pdf(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(body, media_type="application/pdf", headers=headers)


def _page(request: Request, codes: Sequence[str], context: Context, **values: Any) -> HTMLResponse:
    shown = {"errors": [], "appeal_errors": [], "given": {}} | values
    return html(
        request,
        "toolkit.html",
        section="toolkit",
        codes=codes,
        context=context,
        most_codes=MOST_CODES,
        csrf=csrf_token(request),
        **shown,
    )
