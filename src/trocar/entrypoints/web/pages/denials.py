"""``/denials``: what the community reports of denials, the form for a report, and the way to take reports back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from trocar.community.choices import choices
from trocar.community.published import Appeals
from trocar.core.errors import TrocarError
from trocar.entrypoints.http.csrf import checked_form, csrf_token
from trocar.entrypoints.http.errors import status_of
from trocar.entrypoints.http.state import state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.web.pages.code_blocks import PLACES
from trocar.entrypoints.web.render import html

router = APIRouter()
_FIELDS = (
    "code", "modifiers", "payer", "state", "outcome", "carc", "rarc", "month", "place_of_service", "note",
)  # fmt: skip


@router.get("/denials", response_class=HTMLResponse)
def denials(request: Request) -> HTMLResponse:
    """What the reports are, and the ways into them."""
    return _figures(request, None)


@router.get("/denials/code")
def chosen(code: str = "") -> RedirectResponse:
    """From the form of the index to the code's own address."""
    return RedirectResponse(f"/denials/{code.strip().upper()}" if code.strip() else "/denials", status_code=303)


@router.get("/denials/export.csv")
def export(request: Request) -> Response:
    """Everything published, with the suppression applied."""
    target = io.StringIO(newline="")
    state_of(request).reports.open().export_csv(target)
    name = {"Content-Disposition": 'attachment; filename="trocar-denials.csv"'}
    return Response(target.getvalue(), media_type="text/csv; charset=utf-8", headers=name)


@router.get("/denials/report", response_class=HTMLResponse)
def report_form(request: Request, code: str = "") -> HTMLResponse:
    """The empty form."""
    return _form(request, {"code": code.strip().upper()})


@router.post("/denials/report", response_class=HTMLResponse)
async def send_report(request: Request) -> HTMLResponse:
    """Take the report, or say which field is refused; a refused note is not given back."""
    fields = await checked_form(request)
    given = {name: text for name in _FIELDS if isinstance(text := fields.get(name), str)}
    token = fields.get("token")
    token = token.strip() if isinstance(token, str) and token.strip() else None
    network = request.client.host if request.client else None
    reports = state_of(request).reports.open()
    try:
        receipt = await run_in_threadpool(reports.submit, given, token, today(), network=network)
        progress = await run_in_threadpool(reports.progress, given["code"])
        await run_in_threadpool(reports.release_when_due, today())
    except TrocarError as error:
        return _form(request, given, errors=[error], status=status_of(error))
    return _form(request, {"code": given["code"].strip().upper()}, receipt=receipt, progress=progress)


@router.get("/denials/withdraw", response_class=HTMLResponse)
def withdraw_form(request: Request) -> HTMLResponse:
    """The form for the token."""
    return html(request, "denial_withdraw.html", section="denials", withdrawn=None, csrf=csrf_token(request))


@router.post("/denials/withdraw", response_class=HTMLResponse)
async def withdraw(request: Request) -> HTMLResponse:
    """Delete every report of the token's holder."""
    fields = await checked_form(request)
    shared: dict[str, Any] = {"section": "denials", "csrf": csrf_token(request)}
    try:
        gone = await run_in_threadpool(
            state_of(request).reports.open().withdraw, str(fields.get("token") or "").strip()
        )
    except TrocarError as error:
        status = status_of(error)
        return html(request, "denial_withdraw.html", status=status, errors=[error], withdrawn=None, **shared)
    return html(request, "denial_withdraw.html", withdrawn=gone, **shared)


@router.get("/denials/{code}", response_class=HTMLResponse)
def denials_of(request: Request, code: str) -> HTMLResponse:
    """What is published of one code; raises ``InvalidCodeError``."""
    return _figures(request, code)


def _figures(request: Request, code: str | None) -> HTMLResponse:
    reported = None if code is None else state_of(request).reports.open().published(code)
    return html(
        request, "denials.html", section="denials", reported=reported, share=share, payer_names=choices().payers
    )


def share(appeals: Appeals) -> str:
    """Share of decided appeals that were paid, with n and its Wilson interval."""
    low, high = appeals.interval
    return f"{appeals.share:.0%} (n = {appeals.decided}, {low:.0%} to {high:.0%})"


def _form(request: Request, given: Mapping[str, str], *, status: int = 200, **values: Any) -> HTMLResponse:
    shown = {"errors": [], "receipt": None, "progress": 0} | values
    return html(
        request,
        "denial_report.html",
        status=status,
        section="denials",
        given=given,
        choices=choices(),
        places=PLACES,
        csrf=csrf_token(request),
        **shown,
    )
