"""Putting a finished store in the place of the old one, all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

from trocar.core.errors import StoreError
from trocar.reference.licence import LICENCE_NAME
from trocar.reference.store import CATALOG_NAME


def recover(store: Path) -> None:
    """Put back the old store of a build killed between the two renames of ``publish``."""
    old = _old(store)
    if not old.exists() or (store / CATALOG_NAME).exists():
        return
    if store.exists():
        if {path.name for path in store.iterdir()} - {LICENCE_NAME}:
            return
        shutil.rmtree(store)
    old.rename(store)


def prepare(store: Path) -> Path:
    """A fresh folder beside the store to build in; what a killed build left behind is removed first.

    Raises ``StoreError`` when the target is a folder of something else, which is never replaced.
    """
    building, old = _building(store), _old(store)
    for leftover in (building, old):
        if leftover.exists():
            shutil.rmtree(leftover)
    if store.exists() and not _is_ours(store):
        raise StoreError(
            "the target holds something else than a reference store and is left as it is",
            where=str(store),
            remedy="Give a new or empty folder to -o.",
        )
    building.mkdir(parents=True)
    return building


def publish(building: Path, store: Path) -> None:
    """Move the finished folder to its place; the recorded licence acceptance goes with it."""
    licence = store / LICENCE_NAME
    if licence.exists():
        shutil.copyfile(licence, building / LICENCE_NAME)
    old = _old(store)
    if store.exists():
        store.rename(old)
    building.rename(store)
    if old.exists():
        shutil.rmtree(old)


def discard(building: Path) -> None:
    """Remove an unfinished folder."""
    shutil.rmtree(building, ignore_errors=True)


def _building(store: Path) -> Path:
    return store.with_name(f".{store.name}.building")


def _old(store: Path) -> Path:
    return store.with_name(f".{store.name}.old")


def _is_ours(store: Path) -> bool:
    if not store.is_dir():
        return False
    names = {path.name for path in store.iterdir()}
    return not names or bool(names & {CATALOG_NAME, LICENCE_NAME})
