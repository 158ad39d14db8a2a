"""The application: the store opened once, the API, the pages, and the layers before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from trocar.entrypoints.http import errors
from trocar.entrypoints.http.api import router
from trocar.entrypoints.http.api.operations import operations
from trocar.entrypoints.http.desk import Desk
from trocar.entrypoints.http.keys import asked_for
from trocar.entrypoints.http.metrics import Metrics
from trocar.entrypoints.http.middleware.head import Head
from trocar.entrypoints.http.middleware.headers import SecurityHeaders
from trocar.entrypoints.http.middleware.limits import BodyLimit, TimeLimit
from trocar.entrypoints.http.middleware.telemetry import Telemetry
from trocar.entrypoints.http.reports import ReportsAtHand
from trocar.entrypoints.http.settings import Settings
from trocar.entrypoints.http.state import State
from trocar.entrypoints.options import open_store
from trocar.entrypoints.web import mount
from trocar.rules.registry import all_rules
from trocar.scrub.suppression_file import suppressions_of

VERSION = "1"
DESCRIPTION = """\
Prices, edits, rules and claim checks for image-guided procedures under US Medicare. Every answer is dated and cited.

Dates of service are always given, never defaulted. Money is text with two decimals. A question that the store can't
answer on a day is answered `not_checked`, with the table it needs. Errors have one shape: `error`, `where`, `remedy`,
`docs`. Nothing of a claim is written to a file or a log.
"""


def create_app(settings: Settings) -> FastAPI:
    """The application of some settings. Raises ``StoreError``, and ``UsageError`` where API keys are missing."""
    state = _state(settings)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        state.desk.close()
        state.reports.close()

    app = FastAPI(
        title="Trocar",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        redirect_slashes=False,
    )
    app.state.trocar = state
    app.state.metrics = Metrics()
    app.include_router(operations(guarded=state.keys is not None))
    app.include_router(router(guarded=state.keys is not None))
    errors.install(app)
    mount(app)
    app.add_middleware(Head)
    app.add_middleware(BodyLimit, most_bytes=settings.most_body_bytes)
    app.add_middleware(TimeLimit, most_seconds=settings.most_seconds)
    app.add_middleware(SecurityHeaders, https=settings.is_https)
    app.add_middleware(Telemetry, metrics=app.state.metrics)
    return app


def _state(settings: Settings) -> State:
    opened = open_store(settings.store, [f"{table}={release}" for table, release in settings.pins.items()])
    # The rules are loaded now, not by the first request.
    all_rules()
    suppressions = suppressions_of(settings.suppress, "settings")
    return State(
        settings=settings,
        pack=opened.pack,
        store=opened.store,
        desk=Desk(opened.pack, settings.most_waiting, suppressions),
        secret=settings.secret.get_secret_value().encode(),
        keys=asked_for(settings),
        reports=ReportsAtHand(settings.reports, opened.store),
        suppressions=suppressions,
    )
