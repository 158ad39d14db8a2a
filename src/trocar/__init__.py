"""Trocar: a linter for medical claims with a statute book behind it.

>>> import trocar
>>> store = trocar.open_store()            # the embedded starter pack, or a folder built by ``trocar data build``
>>> reading = trocar.read_claims_csv(path)
>>> result = trocar.check(reading.table, store)
>>> result.findings, result.not_checked, result.priced
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trocar.engine.pack import Pack

# Where each public name lives; loaded when first used, so that one price does not pay for every import.
_HOMES = {
    "Citation": "trocar.core.cite",
    "Finding": "trocar.core.finding",
    "NotChecked": "trocar.core.finding",
    "Severity": "trocar.core.finding",
    "TrocarError": "trocar.core.errors",
    "ClaimLine": "trocar.claims.model",
    "claim_table": "trocar.claims.model",
    "read_claims_csv": "trocar.claims.csv",
    "Batch": "trocar.engine.batch",
    "price": "trocar.pricing.price",
    "explain_all": "trocar.pricing.explain",
    "check": "trocar.scrub.check",
    "Rule": "trocar.rules.rule",
    "build": "trocar.reference.build",
}

__all__ = ["open_store", *_HOMES]


def open_store(path: str | PathLike[str] | None = None, pins: Mapping[str, str] | None = None) -> Pack:
    """Open the reference pack of a built store, or the embedded starter pack.

    ``pins`` name, by table, a release to answer on every day of service; each answer then confesses it.
    Raises ``StoreError`` when there is no store, ``UsageError`` when a pinned release is not held.
    """
    if path is None:
        from trocar.engine.starter import open_starter

        return open_starter(pins)
    from trocar.engine.pack import Pack

    return Pack.open(Path(path), pins)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'trocar' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
