"""What every request needs of the application."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from trocar.engine.pack import Pack
from trocar.entrypoints.http.desk import Desk
from trocar.entrypoints.http.keys import KeyFile
from trocar.entrypoints.http.reports import ReportsAtHand
from trocar.entrypoints.http.settings import Settings
from trocar.reference.store import Store
from trocar.scrub.suppression import Suppressions


@dataclass(frozen=True, eq=False)
class State:
    """The store with its pack, opened once; ``secret`` signs form tokens; ``keys`` is None where none are asked for."""

    settings: Settings
    pack: Pack
    store: Store
    desk: Desk
    secret: bytes
    keys: KeyFile | None
    reports: ReportsAtHand
    suppressions: Suppressions


def state_of(request: Request) -> State:
    """The state of the application that a request came to."""
    state: State = request.app.state.trocar
    return state
