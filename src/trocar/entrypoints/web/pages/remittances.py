"""``/remittances``: remittances and the claims they answer, analysed in memory for one request."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from trocar.claims import cells
from trocar.claims.x12.masking import Pseudonyms
from trocar.core.errors import ClaimInputError, TrocarError, UsageError
from trocar.denials.analysis import analyse
from trocar.denials.contract_file import parse_contracts
from trocar.denials.contracts import Contracts
from trocar.denials.ingest import Added, add_claims, add_remittances
from trocar.denials.reconciliation import reconciliation
from trocar.denials.report import cell, chart, heading, is_long, is_number, workbook_of
from trocar.denials.section import Section
from trocar.denials.sections import sections
from trocar.denials.store import MemoryBook
from trocar.entrypoints.http.bodies import Upload, inflated
from trocar.entrypoints.http.claims import check_size
from trocar.entrypoints.http.csrf import checked_form, csrf_token
from trocar.entrypoints.http.errors import HttpError, status_of
from trocar.entrypoints.http.state import State, state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.render import csv_for_spreadsheets
from trocar.entrypoints.sections_text import one_table
from trocar.entrypoints.web.render import html

router = APIRouter()
# What is answered well within the time of a request; larger books are for ``trocar remit`` and ``trocar denials``.
MOST_LINES = 20_000
_MOST_ROWS = 20
_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# Of the reconciliation only what is amiss is shown, and what the payments were.
_ALWAYS = frozenset({"balance"})
_FIGURES = ("lines denied at first", "charges", "paid", "charges denied or cut")


@dataclass(frozen=True)
class Answer:
    """What was read of each file, and every table of the analysis: of denials, and of what adds up."""

    added: list[Added]
    denials: list[Section]
    adds_up: list[Section]


@router.get("/remittances", response_class=HTMLResponse)
def remittances_page(request: Request) -> HTMLResponse:
    """The empty form."""
    return _page(request)


@router.post("/remittances", response_class=HTMLResponse)
async def analyse_remittances(request: Request) -> HTMLResponse:
    """The form with the analysis below it."""
    fields = await checked_form(request)
    try:
        answer = await _answer_of(request, fields)
    except TrocarError as error:
        return _page(request, on=str(fields.get("on") or ""), errors=[error], status=status_of(error))
    return _page(request, on=str(fields.get("on") or ""), answer=answer)


@router.post("/remittances/export")
async def export(request: Request, to: Annotated[str, Query()]) -> Response:
    """Every row of every table as a file; raises ``UsageError`` for an unknown kind."""
    if to not in _KINDS:
        raise UsageError(f"{to!r} is not a kind of export", where="to", remedy=f"Choose {', '.join(_KINDS)}.")
    answer = await _answer_of(request, await checked_form(request))
    every = [*answer.denials, *answer.adds_up]
    body = workbook_of(every) if to == "xlsx" else csv_for_spreadsheets(*one_table(every))
    name = {"Content-Disposition": f'attachment; filename="trocar-remittances.{to}"'}
    return Response(body, media_type=_KINDS[to], headers=name)


async def _answer_of(request: Request, fields: FormData) -> Answer:
    state = state_of(request)
    most = state.settings.most_body_bytes
    files: dict[str, list[Upload]] = {"remittances": [], "claims": [], "contracts": []}
    for name, value in fields.multi_items():
        if name in files and isinstance(value, UploadFile) and value.size:
            files[name].append(await _upload(value, most))
    if not files["remittances"]:
        raise ClaimInputError("there is no remittance", where="remittances (835)", remedy="Choose at least one file.")
    told = fields.get("on")
    on = cells.service_date(told) if isinstance(told, str) and told.strip() else today()
    return await state.desk.of_files(lambda: _analysed(files, on, state))


async def _upload(file: UploadFile, most: int) -> Upload:
    upload = Upload((file.filename or "file").replace("\\", "/").rpartition("/")[2], inflated(await file.read(), most))
    check_size(upload, most)
    return upload


def _analysed(files: Mapping[str, list[Upload]], on: date, state: State) -> Answer:
    """The book of one request. Patients get pseudonyms whose key nobody keeps."""
    contracts = _contracts(files["contracts"])
    book, persons = MemoryBook(), Pseudonyms(secrets.token_bytes(32))
    added: list[Added] = []
    for file in files["remittances"]:
        added += add_remittances(book, file.content, file.name, persons=persons)
        _check_lines(book.rows("lines"), file.name)
    for file in files["claims"]:
        added.append(add_claims(book, file.content, file.name, persons))
        _check_lines(book.rows("sent"), file.name)
    analysis = analyse(book, state.pack, state.store, on, contracts)
    try:
        return Answer(added, sections(analysis), reconciliation(analysis.database))
    finally:
        analysis.database.close()


def _check_lines(count: int, name: str) -> None:
    if count > MOST_LINES:
        remedy = "trocar remit and trocar denials take books of any size."
        raise HttpError(413, f"more than {MOST_LINES:,} lines", where=name, remedy=remedy)


def _contracts(files: list[Upload]) -> Contracts | None:
    """The contracts of the one TOML file among some files; its fee tables are the others."""
    found = [file for file in files if file.name.endswith(".toml")]
    if not files:
        return None
    if len(found) != 1:
        remedy = "Choose the TOML file and the fee tables it names."
        raise UsageError(f"{len(found)} contract files (.toml) were chosen", where="contracts", remedy=remedy)
    others = {file.name: file.content for file in files}

    def fee_table(name: str) -> bytes:
        if name not in others:
            raise FileNotFoundError("it was not chosen")
        return others[name]

    return parse_contracts(found[0].content, found[0].name, fee_table)


def _page(request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
    shown = {"answer": None, "errors": [], "on": ""} | values
    return html(
        request,
        "remittances.html",
        status=status,
        section="remittances",
        csrf=csrf_token(request),
        most_lines=MOST_LINES,
        most_rows=_MOST_ROWS,
        always=_ALWAYS,
        figures=_FIGURES,
        cell=cell,
        chart_of=chart,
        heading=heading,
        is_long=is_long,
        is_number=is_number,
        **shown,
    )
