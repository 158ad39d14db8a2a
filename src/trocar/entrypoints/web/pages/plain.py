"""The home page, search, the files held, the rules: pages that ask no more of the store than to be listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from trocar.core.errors import UsageError
from trocar.core.period import day_from_number, day_number
from trocar.entrypoints.http.state import State, state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.rule_shapes import rule_in_full, rule_shapes
from trocar.entrypoints.web.context import COMPONENTS, Context, read_context
from trocar.entrypoints.web.render import html
from trocar.knowledge import all_knowledge
from trocar.lookup.conflicts import ranges
from trocar.lookup.search import search, sought

router = APIRouter()
# A search is a few words; more is a slip of the hand.
MOST_SOUGHT = 200
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
def search_page(request: Request, q: str = "") -> Response:
    """A code goes to its page, several codes to the edits between them, words to the codes they describe.

    The context of the page that was searched from goes along.
    """
    if len(q) > MOST_SOUGHT:
        raise UsageError(
            f"the search has {len(q):,} characters",
            where="search",
            remedy=f"Give at most {MOST_SOUGHT}: codes, or words.",
        )
    context = read_context(request.query_params, today())
    asked = sought(q)
    if asked.codes and not asked.words:
        return RedirectResponse(address_of(asked.codes, context), status_code=303)
    return html(
        request, "search.html", search_text=q, hits=search(q), asked=asked, context=context, address_of=address_of
    )


def address_of(codes: Mapping[str, tuple[str, ...]], context: Context) -> str:
    """The page of one code with its modifiers, or of the edits between several, in a context."""
    if len(codes) > 1:
        query = urlencode({"codes": " ".join(codes)})
        rest = context.only("on", "setting")
        return f"/edits?{query}" + (f"&{rest}" if rest else "")
    ((code, modifiers),) = codes.items()
    component = next((modifier for modifier in modifiers if modifier in COMPONENTS), "")
    others = " ".join(modifier for modifier in modifiers if modifier != component)
    given = {"component": component} if component else {}
    query = context.query(edits_with="", edits_page="", modifiers=others, **given)
    return f"/codes/{code}" + (f"?{query}" if query else "")


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
    return html(request, "rule.html", status=status, section="rules", declared=declared, context=context, ranges=ranges)
