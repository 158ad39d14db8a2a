"""``/reports``: had this code denied? Send a report, withdraw all of one's own, read and export what is published."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response

from trocar.community.choices import choices
from trocar.community.published import CodeReports, Figures
from trocar.community.report import NOTE_LENGTH
from trocar.entrypoints.http.answer import Json
from trocar.entrypoints.http.api.parameters import CODE_PATTERN, PREFIX
from trocar.entrypoints.http.api.report_shapes import Receipt, Reports, Withdrawn
from trocar.entrypoints.http.api.shapes import Error, answers
from trocar.entrypoints.http.bodies import CSV, JSON, json_body
from trocar.entrypoints.http.errors import HttpError
from trocar.entrypoints.http.state import state_of
from trocar.entrypoints.options import today

router = APIRouter(prefix=PREFIX, tags=["reports"])
Token = Annotated[
    str | None, Header(alias="X-Contributor-Token", description="The token given with the first report; a secret.")
]
_TEXT: dict[str, Any] = {"type": "string"}
_NOTE = "Short, without anything that identifies a person."


def _body() -> dict[str, Any]:
    """The form as JSON: texts alone, as on the page."""
    known = choices()
    properties = {
        "code": {**_TEXT, "pattern": CODE_PATTERN},
        "modifiers": {**_TEXT, "description": "With commas between them."},
        "payer": {**_TEXT, "enum": list(known.payers)},
        "carc": {**_TEXT, "description": "The claim adjustment reason code."},
        "rarc": {**_TEXT, "description": "The remittance remark code."},
        "month": {**_TEXT, "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$", "description": "Month of service, no day."},
        "place_of_service": {**_TEXT, "enum": sorted(known.places_of_service)},
        "state": {**_TEXT, "enum": list(known.states)},
        "outcome": {**_TEXT, "enum": list(known.outcomes)},
        "note": {**_TEXT, "maxLength": NOTE_LENGTH, "description": _NOTE},
    }
    required = [name for name in properties if name not in ("modifiers", "rarc", "note")]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    example = {
        "code": "77002", "modifiers": "26", "payer": "medicare-ngs", "carc": "97", "month": "2025-11",
        "place_of_service": "22", "state": "NY", "outcome": "paid_on_appeal",
    }  # fmt: skip
    return {JSON: {"schema": schema, "example": example}}


_REFUSED: dict[int | str, dict[str, Any]] = {
    409: {"model": Error, "description": "The same report has been sent already."},
    429: {"model": Error, "description": "More reports than one contributor or one network may send in a day."},
}


async def _form(request: Request) -> dict[str, str]:
    body = await json_body(request)
    if not isinstance(body, dict):
        raise HttpError(422, "the body is not an object", where="body", remedy="See /api/v1/docs.")
    # None of the values is repeated: what stands in the wrong field may name a person.
    wrong = [name for name, value in body.items() if not isinstance(value, str)]
    if wrong:
        raise HttpError(422, "a field is not text", where="body", remedy="Send every field as text.")
    return body


@router.post(
    "/reports",
    status_code=201,
    responses={201: {"model": Receipt, "description": "Taken."}, **_REFUSED},
    openapi_extra={"requestBody": {"required": True, "content": _body()}},
)
def send(request: Request, form: Annotated[dict[str, str], Depends(_form)], token: Token = None) -> Response:
    """Send a report. The answer holds the contributor's token: it is shown once, and takes the reports back."""
    day = today()
    network = request.client.host if request.client else None
    reports = state_of(request).reports.open()
    receipt = reports.submit(form, token, day, network=network)
    reports.release_when_due(day)
    return Json({**asdict(receipt), "day": day.isoformat()}, 201)


@router.delete("/reports", responses=answers(Withdrawn, "Deleted; published figures follow with the next release."))
def withdraw(request: Request, token: Token = None) -> Response:
    """Delete every report of a contributor."""
    if token is None:
        remedy = "Send the token you were given with your first report."
        raise HttpError(422, "no token was given", where="header X-Contributor-Token", remedy=remedy)
    return Json({"withdrawn": state_of(request).reports.open().withdraw(token)})


@router.get(
    "/reports/export.csv",
    responses={200: {"description": "The published figures.", "content": {CSV: {"schema": _TEXT}}}},
    response_class=Response,
)
def export(request: Request) -> Response:
    """Everything that is published, of every code; no row counts fewer than five reports of five contributors."""
    out = io.StringIO()
    state_of(request).reports.open().export_csv(out)
    name = {"Content-Disposition": 'attachment; filename="trocar-denial-reports.csv"'}
    return Response(out.getvalue(), media_type=f"{CSV}; charset=utf-8", headers=name)


@router.get("/reports/{code}", responses=answers(Reports, "What is published, or how many of five wait."))
def published(
    request: Request,
    code: Annotated[str, Path(description="A HCPCS code.", pattern=CODE_PATTERN, examples=["77002"])],
) -> Response:
    """What is published of a code: by payer, reason and quarter, with appeals."""
    return Json(reports_shape(state_of(request).reports.open().published(code)))


def reports_shape(found: CodeReports) -> dict[str, Any]:
    """The JSON shape of what is published of a code."""
    lists = ("by_payer", "by_carc", "by_payer_and_carc", "trend")
    return {
        "code": found.code,
        "as_of": found.as_of,
        "total": _figures(found.total) if found.total else None,
        **{name: [_figures(row) for row in getattr(found, name)] for name in lists},
        "notes": list(found.notes),
        "waiting_contributors": found.waiting_contributors,
    }


def _figures(row: Figures) -> dict[str, Any]:
    appeals: dict[str, Any] | None = None
    if row.appeals is not None:
        low, high = row.appeals.interval
        # Four decimals, as in the export.
        shares = {name: f"{value:.4f}" for name, value in (("share", row.appeals.share), ("low", low), ("high", high))}
        appeals = {"paid": row.appeals.paid, "decided": row.appeals.decided, **shares}
    details = {"payer": row.payer, "carc": row.carc, "quarter": row.quarter, "reports": row.reports}
    return details | {"appeals": appeals}
