"""The home page, search, the files held, the rules: pages that ask no more of the store than to be listed."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from trocar.core.period import day_from_number, day_number
from trocar.entrypoints.http.state import State, state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.rule_shapes import rule_in_full, rule_shapes
from trocar.entrypoints.web.context import read_context
from trocar.entrypoints.web.render import html
from trocar.knowledge import all_knowledge
from trocar.lookup.conflicts import ranges
from trocar.lookup.search import search

router = APIRouter()
_CODE = re.compile(r"[A-Za-z0-9][0-9]{3}[A-Za-z0-9]")
_GROUPS = {"guidance": "Image guidance", "procedure": "Procedures around it"}


@router.get("/", response_class=HTMLResponse)
def home(request: Request) -> HTMLResponse:
    """The codes described here."""
    described = all_knowledge()
    groups = [(words, [known for known in described if known.kind == kind]) for kind, words in _GROUPS.items()]
    return html(request, "home.html", groups=groups, on=nearest_day(state_of(request), today()))


def nearest_day(state: State, day: date) -> str:
    """The day on or before ``day``, else after it, that the fee schedule held answers for: what a link should name."""
    calendar = state.pack.calendars["schedule"]
    held = calendar.first_day + np.flatnonzero(np.asarray(calendar.by_day) >= 0)
    before = held[held <= day_number(day)]
    return day_from_number(int(before[-1] if len(before) else held[0])).isoformat()


@router.get("/search", response_class=HTMLResponse)
def search_page(request: Request, q: str = "", on: str = "") -> Response:
    """A code goes to its page, several codes to the edits between them, words to the codes they describe."""
    words = q.replace(",", " ").split()
    suffix = f"?{urlencode({'on': on})}" if on else ""
    if words and all(_CODE.fullmatch(word) for word in words):
        if len(words) == 1:
            return RedirectResponse(f"/codes/{words[0].upper()}{suffix}", status_code=303)
        asked = urlencode({"codes": " ".join(words)} | ({"on": on} if on else {}))
        return RedirectResponse(f"/edits?{asked}", status_code=303)
    return html(request, "search.html", search_text=q, hits=search(q), suffix=suffix)


@router.get("/releases", response_class=HTMLResponse)
def releases(request: Request) -> HTMLResponse:
    """Every file of the store by table."""
    files = state_of(request).pack.catalog.files
    tables = {name: [file for file in files if file.table == name] for name in sorted({file.table for file in files})}
    return html(request, "releases.html", section="releases", tables=tables)


@router.get("/rules", response_class=HTMLResponse)
def rules(request: Request) -> HTMLResponse:
    """Every rule in a line."""
    return html(request, "rules.html", section="rules", rules=rule_shapes())


@router.get("/rules/{name}", response_class=HTMLResponse)
def rule(request: Request, name: str) -> HTMLResponse:
    """One rule in full; what authorities disagree on of it, on the day of the context."""
    context = read_context(request.query_params, today())
    declared = rule_in_full(name, lambda: (state_of(request).pack, context.day))
    status = 400 if context.errors else 200
    return html(
        request, "rule.html", status=status, section="rules", declared=declared, context=context, ranges=ranges
    )
