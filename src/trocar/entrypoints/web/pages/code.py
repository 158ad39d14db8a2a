"""``/codes/77002``: everything known of one code on a day, at a place, on one page."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from trocar.community.published import CodeReports
from trocar.entrypoints.http.state import State, state_of
from trocar.entrypoints.options import today
from trocar.entrypoints.price_text import made_of
from trocar.entrypoints.web import charts
from trocar.entrypoints.web.context import FIELDS, Context, read_context
from trocar.entrypoints.web.pages import code_blocks as blocks
from trocar.entrypoints.web.pages.payer_block import payer_block
from trocar.entrypoints.web.render import page, permanent, shared_values
from trocar.knowledge import knowledge
from trocar.knowledge.cites import Sources as KnowledgeSources
from trocar.lookup.asked import Asked
from trocar.lookup.code import code_facts
from trocar.lookup.diagnosis_facts import examples_on_day
from trocar.lookup.edit_list import PAGE, edits_of
from trocar.lookup.guidance_map import MODALITIES
from trocar.lookup.guidance_matrix import guidance_matrix
from trocar.lookup.history_facts import history_of
from trocar.lookup.localities import local_prices
from trocar.lookup.modifier_facts import modifiers_of
from trocar.lookup.over_time import changes, through_releases
from trocar.lookup.quotes import NATIONAL
from trocar.lookup.side_by_side import PLACES, side_by_side
from trocar.lookup.statement import Statement

router = APIRouter()
MATRIX_SHOWN = 12
PAGES_KEPT = 256


@router.get("/codes/{code}", response_class=HTMLResponse)
def code_page(request: Request, code: str) -> HTMLResponse:
    """The page of a code; a context that can't be read is said in place, and the rest still answers."""
    state = state_of(request)
    given = tuple((name, text) for name in FIELDS if (text := request.query_params.get(name)))
    reported = state.reports.open().published(code)
    day = today()
    address = permanent(request, read_context(dict(given), day))
    text, is_answered = _rendered(state, code, given, reported, day, address)
    return HTMLResponse(text, status_code=200 if is_answered else 400)


@lru_cache(maxsize=PAGES_KEPT)
def _rendered(
    state: State, code: str, given: tuple[tuple[str, str], ...], reported: CodeReports, day: date, address: str
) -> tuple[str, bool]:
    """The text of a page, and whether its context could be read. The same question has the same answer: it is kept."""
    context = read_context(dict(given), day)
    values = values_of(state, code, context) | {"reported": reported}
    return page("code/page.html", **shared_values(address, day), **values), not context.errors


def values_of(state: State, code: str, context: Context) -> dict[str, Any]:
    """All that the template shows. Raises ``TrocarError`` for a text that is no code or a code never seen."""
    asked = Asked(state.pack, state.store, context.day)
    code = asked.checked(code)
    described = knowledge(code)
    known = described.on(context.day) if described else None
    place = context.place or NATIONAL
    topics = blocks.Topics(code_facts(state.pack, state.store, code, context.day, place))
    answer = blocks.priced(asked, code, context)
    place_of_service = context.place_of_service or blocks.OFFICE
    local = local_prices(asked, code, context.part, place_of_service)
    history = through_releases(asked, code, context.part, place_of_service)
    chosen = blocks.locality_of(asked, context)
    shown = [price for price in local if price.allowed is not None]
    return {
        "code": code,
        "context": context,
        "places": blocks.PLACES,
        "answer": answer,
        "made_of": lambda step: "; ".join(made_of(step)),
        "known": known,
        "cited": KnowledgeSources(state.pack, state.store, context.day),
        "contents": blocks.contents(known is not None),
        "verdict": blocks.verdict(asked, code, known.title if known else "", context, answer, topics),
        "assumed": blocks.assumed(context),
        "unscheduled": asked.no_schedule(code),
        "unheld": blocks.unheld(asked),
        "topics": topics,
        "sides": side_by_side(asked, code, place),
        "settings_shown": PLACES,
        "place_words": blocks.place_words(context),
        "local": shown,
        "locality_chart": charts.by_locality(shown, chosen),
        "locality_words": blocks.locality_words(shown, chosen, context),
        "published": payer_block(state.settings.rates, asked, code, context.place, chosen, local),
        "history": history,
        "release_chart": charts.through_releases(history),
        "release_words": blocks.release_words(history, context),
        "changed": list(changes(history)),
        "edits": edits_of(asked, code, context.setting, among=context.edits_with, page=context.edits_page),
        "page_size": PAGE,
        "within": asked.within,
        "matrix": guidance_matrix(asked.pack, context.setting, code, context.day),
        "matrix_shown": MATRIX_SHOWN,
        "modalities": MODALITIES,
        "modifier_facts": [fact for fact in modifiers_of(asked, code) if isinstance(fact, Statement)],
        "answers": blocks.ANSWERS,
        "history_words": history_of(asked, code),
        "diagnoses": examples_on_day(asked, known.diagnoses) if known else [],
        "tips": blocks.tips(asked, known, place, context.place_of_service) if known else [],
    }
