"""Building a reference store from the publishers' own files: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from trocar.reference.assemble import Assembly
from trocar.reference.catalog import Catalog
from trocar.reference.discover import discover
from trocar.reference.licence import require_acceptance
from trocar.reference.publish import discard, prepare, publish, recover
from trocar.reference.published import statements
from trocar.reference.seal import seal


def build(
    source: Path,
    store: Path,
    *,
    keep_descriptions: bool = False,
    scope: Collection[str] | None = None,
    finish: Callable[[Path], None] | None = None,
) -> Catalog:
    """Read every publisher's file under ``source`` into a new store at ``store``; the same files give the same bytes.

    ``scope`` keeps only rows of those HCPCS codes (a starter store, which needs no recorded licence acceptance);
    ``keep_descriptions`` also keeps the schedule's descriptions, for local use; ``finish`` is called with the
    finished folder before it takes the place of the old store. On any error the old store stays as it was.
    Raises ``ReferenceFileError`` for a damaged, foreign or contradictory file, ``LicenceError`` without an
    acceptance on record, ``StoreError`` when the target is something else than a store.
    """
    store = store.resolve()
    recover(store)
    if scope is None:
        require_acceptance(store)
    stated = statements(source)
    found = discover(source.resolve(), outside=store)
    building = prepare(store)
    try:
        narrowed = None if scope is None else frozenset(scope)
        catalog = Assembly(building, narrowed, keep_descriptions, stated).run(found)
        if finish is not None:
            finish(building)
        seal(building)
        publish(building, store)
    except BaseException:
        discard(building)
        raise
    return catalog
