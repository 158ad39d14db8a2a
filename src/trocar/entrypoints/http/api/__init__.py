"""The API under ``/api/v1``: each group of addresses is a module of its own; this one lists them."""

from __future__ import annotations

from fastapi import APIRouter

from trocar.entrypoints.http.api import check, codes, edits, fix, guidance, price, rates, releases, reports, rules
from trocar.entrypoints.http.api.guard import needs
from trocar.entrypoints.http.api.shapes import ERRORS

_GROUPS = (
    ("lookup", codes.router), ("lookup", edits.router), ("lookup", guidance.router),
    ("price", price.router), ("check", check.router), ("check", fix.router), ("lookup", rates.router),
    ("lookup", rules.router), ("lookup", releases.router),
    ("reports", reports.router),
)  # fmt: skip


def router(*, guarded: bool) -> APIRouter:
    """All addresses of the API; ``guarded`` asks each request for a key with the scope of its group."""
    api = APIRouter(responses=ERRORS)
    for scope, group in _GROUPS:
        api.include_router(group, dependencies=needs(scope) if guarded else [])
    return api
