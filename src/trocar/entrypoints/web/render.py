"""Pages out of templates: one environment, with the words and shapes that all pages share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trocar.entrypoints.options import now, today
from trocar.entrypoints.web.context import COMPONENTS, LABELS, PAYERS, SETTINGS, Context
from trocar.lookup import words
from trocar.lookup.numbered_sources import Sources


@cache
def environment() -> Environment:
    """Every template escapes, and fails on a name it was not given."""
    made = Environment(
        loader=PackageLoader("trocar.entrypoints.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"dollars": dollars, "json_block": json_block, "short_hash": lambda text: text[:8], "day": day}
    made.globals |= {
        "payers": PAYERS, "components": COMPONENTS, "settings": SETTINGS, "labels": LABELS, "words": words,
    }  # fmt: skip
    return made


def page(template: str, **values: Any) -> str:
    """The text of a page; ``sources`` collects what it cites while it is rendered.

    Raises ``ValueError`` for a value named like what all pages share, which parts of the page would then lack.
    """
    if hidden := environment().globals.keys() & values.keys():
        raise ValueError(f"{template} is given names that all pages share: {', '.join(sorted(hidden))}")
    return environment().get_template(template).render({"sources": Sources(), "errors": [], **values})


def html(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page as an answer; it knows its own address."""
    shared = shared_values(permanent(request, values.get("context")), today())
    return HTMLResponse(page(template, **shared | values), status_code=status)


def permanent(request: Request, context: Context | None = None) -> str:
    """The address that gives the same answer tomorrow: with the day that a page took for lack of one."""
    url = request.url
    return str(url.include_query_params(on=context.day.isoformat()) if context and context.day_is_default else url)


def shared_values(address: str, day: date) -> dict[str, Any]:
    """What every page says of itself: its address, the time of the run, the version; no section of the site."""
    run = now().isoformat(" ", "minutes")
    return {"permanent": address, "today": day.isoformat(), "run": run, "version": version("trocar"), "section": ""}


def dollars(amount: str | Decimal | None) -> str:
    """An exact amount as $1,234.50; a dash where there is none."""
    return "–" if amount is None else f"${Decimal(amount):,.2f}"


def day(value: date | None) -> str:
    """A date as people in billing read it in files: ISO."""
    return "–" if value is None else value.isoformat()


def json_block(value: Mapping[str, Any]) -> Markup:
    """A JSON text that can stand inside a script element: no markup may begin in it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
